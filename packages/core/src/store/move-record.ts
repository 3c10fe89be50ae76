import type { AdoptedSource, Adoption } from "./adopter.ts";
import { MoveRefused, StoreMoving } from "./store-error.ts";

/** What a store keeps of a move into it. */
export interface MoveRecord {
  /** The latest run. */
  readonly run: number;
  /** Where the move has ended: the last number of the source. */
  readonly endedAt: number | undefined;
}

/** What `begin` has to know of a store. */
interface Target {
  /** How messages name it. */
  readonly name: string;
  readonly salt: number;
  readonly move: MoveRecord | undefined;
  /** Whether it has or had jobs, or has workers. */
  readonly isUsed: boolean;
}

/** What the record becomes when a move begins; throws `MoveRefused` where none may. */
export function beginAdoption(
  { name, salt, move, isUsed }: Target,
  source: AdoptedSource,
): Adoption {
  const isSame = salt === source.salt;
  if (move !== undefined && isSame)
    return move.endedAt === undefined ? { run: move.run + 1, endedAt: undefined } : move;
  if (move !== undefined && move.endedAt === undefined) {
    throw new MoveRefused(
      `${name} is half moved from another store, whose salt is ${salt}, and not from this one, whose salt is ${source.salt}; ` +
        "end that move first, or choose an empty store",
    );
  }
  if (isSame) {
    throw new MoveRefused(
      `${name} is the store to be moved, or a copy of it: both have the salt ${salt}; choose an empty store`,
    );
  }
  if (isUsed || move !== undefined) {
    throw new MoveRefused(
      `${name} is in use: it has jobs, workers or another store's numbers; choose an empty store, and let nobody work on it before the move has ended`,
    );
  }
  return { run: 1, endedAt: undefined };
}

/** Throws `MoveRefused` where `run` is not the one that may write; says whether it has ended the move already. */
export function movedOver(move: MoveRecord | undefined, run: number, name: string): boolean {
  if (move?.run !== run) {
    throw new MoveRefused(
      `this move into ${name} goes on no more: another one was begun after it; let that one end`,
    );
  }
  return move.endedAt !== undefined;
}

/** Throws `StoreMoving` where a move is under way. */
export function refuseWhileMoving(move: MoveRecord | undefined, name: string): void {
  if (move === undefined || move.endedAt !== undefined) return;
  throw new StoreMoving(
    `${name} is half moved from another store; run the same move again until it ends, or choose an empty store`,
  );
}
