import type { Model } from "../model/model.ts";

/** The item that a pick chooses; undefined where there is nothing to choose from. */
export function pickFrom<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % items.length];
}

/** One of the workers: mostly one that is known, sometimes one that has left. */
export function pickWorker({ workers, everJoined }: Model, pick: number): number {
  const known = [...workers.keys()];
  return pickFrom([...known, ...known, ...known, ...everJoined], pick) ?? 0;
}
