import type { Outcome } from "./outcome.ts";
import type { OwnProcess } from "./own-process.ts";
import type { Entry, Peer, Setup } from "./peer.ts";

/** One thing that is measured. */
export interface Test {
  /** How it is called on the command line and in results; short, and never given to another test. */
  readonly alias: string;
  /** The family it is shown with, and which `--test` takes as well. */
  readonly group: string;
  readonly title: string;
  /** Jobs (or wake-ups) a round, where nothing makes them fewer. */
  readonly n: number;
  /** Rounds, where nobody asks for others. */
  readonly rounds: number;
  /** What a whole round may take, its preparation included: a slower peer gets fewer jobs. Undefined: it takes its time. */
  readonly budgetS?: number;
  /** All peers without a server at the same time: where a round is a time in which little happens. */
  readonly together?: boolean;
  readonly setup?: Omit<Partial<Setup>, "storage">;
  /** What comes of a round; the first is what peers are compared by. */
  readonly columns: readonly Column[];
  /** What a process does, by the name of its part. */
  readonly parts: Readonly<Record<string, Part>>;
  /** Runs a round by starting processes; where it is left out the part "main" is the whole round. */
  readonly conduct?: (stage: Stage) => Promise<Outcome>;
}

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit: "/s" | "s" | "ms" | "MB" | "KB" | "ms/s" | "×" | "";
  readonly better: "higher" | "lower";
}

export type Part = (scene: Scene) => Promise<Outcome>;

/** What a part finds in its process. */
export interface Scene {
  readonly n: number;
  /** The peer on the round's storage; `setup` where it is not the test's. */
  open(setup?: Test["setup"]): Promise<Peer>;
  /** What is measured begins: time and CPU. */
  begin(): void;
  /** It ends; the seconds since `begin`. It may begin again. */
  end(): number;
  /** Tells who conducts that the part is prepared. */
  ready(): void;
  /** Tells who conducts how many jobs were stored as completed. */
  tell(stored: number): void;
  /** Resolves when who conducts says so. */
  heard(word: "start" | "end"): Promise<void>;
}

/** Where a round is conducted. */
export interface Stage {
  readonly entry: Entry;
  readonly n: number;
  readonly storage: string;
  start(part: string): OwnProcess;
  /** What the server has used while processes of the round measured; undefined where there is none. */
  serverCpuSeconds(): number | undefined;
}

export const PER_SECOND: Column = {
  key: "perSecond",
  title: "jobs a second",
  unit: "/s",
  better: "higher",
};
