import type { Contestant, Durability } from "../contestant.ts";
import { DEFAULTS, plainjob, TUNED } from "./plainjob.ts";
import { raw } from "./raw.ts";
import { turno } from "./turno.ts";

type Open = (file: string, durability: Durability) => Contestant | Promise<Contestant>;

const CONTESTANTS = {
  "raw better-sqlite3": raw,
  Turno: turno,
  plainjob: (file, durability) => plainjob(file, durability, DEFAULTS),
  "plainjob, tuned": (file, durability) => plainjob(file, durability, TUNED),
} satisfies Record<string, Open>;

export type ContestantName = keyof typeof CONTESTANTS;

export async function openContestant(
  name: ContestantName,
  file: string,
  durability: Durability,
): Promise<Contestant> {
  return CONTESTANTS[name](file, durability);
}
