import type { CallersRow, HistoryEvent, SeenJob, Violation } from "@turno/testkit";
import { judge } from "@turno/testkit";
import { Observer } from "../harness/observer.ts";
import { type Acknowledged, acknowledgedIn } from "../history/acknowledged.ts";
import type { HistoryFile } from "../history/history-file.ts";
import { openQueue } from "../processes/open-queue.ts";

export interface Restart {
  /** The database, as the power cut has left it. */
  readonly path: string;
  /** What was told before the cut. */
  readonly events: readonly HistoryEvent[];
  /** When the power went. */
  readonly cutAt: number;
  /** What was acknowledged must be there. */
  readonly isDurable: boolean;
  readonly history: HistoryFile;
}

export interface Restarted {
  readonly violations: readonly Violation[];
  /** Acknowledged jobs that are not there. */
  readonly lost: number;
  /** How long before the cut the first of them was acknowledged. */
  readonly lostMs: number;
}

/** Opens a queue after a power cut, looks whether all is there that must be, and uses it. */
export async function restarted(restart: Restart): Promise<Restarted> {
  const found: Found | Violation = look(restart);
  if ("promise" in found) return { violations: [found], lost: 0, lostMs: 0 };
  const there = new Set(found.jobs.map(({ id }) => id));
  const acknowledged = [...acknowledgedIn(restart.events)];
  const lost = acknowledged.filter(({ id }) => !there.has(id));
  const first = Math.min(restart.cutAt, ...lost.map(({ at }) => at));
  const violations = [
    ...judged(restart, found),
    ...isWhole(found, there),
    ...(await isUsable(restart, acknowledged)),
  ];
  return { violations, lost: lost.length, lostMs: restart.cutAt - first };
}

interface Found {
  readonly jobs: readonly SeenJob[];
  readonly rows: readonly CallersRow[];
  readonly newest: number;
  readonly counted: number;
  readonly damage: string | undefined;
}

/** Where what was acknowledged may be lost, what was seen may have been undone. */
const ALWAYS = new Set(["nothing invented", "rows match jobs", "refused is refused"]);

function look({ path, history }: Restart): Found | Violation {
  try {
    const observer = new Observer(path, history);
    const counted = Object.values(observer.counts()).reduce((sum, count) => sum + count, 0);
    const { newest } = observer;
    const jobs = observer.jobs();
    const found = { jobs, rows: observer.rows(), newest, counted, damage: observer.damage() };
    observer.close();
    return found;
  } catch (error) {
    return { promise: "a queue opens after a power cut", what: String(error) };
  }
}

function judged({ events, cutAt, isDurable }: Restart, { jobs, rows }: Found): Violation[] {
  const names = new Set(events.map(({ process }) => process));
  const ends = Array.from(names, (of): HistoryEvent => {
    return { kind: "killed", of, process: "harness", at: cutAt };
  });
  const terms = { finished: false, transactional: ["deal"], unsettledMs: Infinity };
  const violations = judge({ events: [...events, ...ends], jobs, rows, terms });
  return violations.filter(({ promise }) => isDurable || ALWAYS.has(promise));
}

function* isWhole(
  { jobs, rows, newest, counted, damage }: Found,
  there: ReadonlySet<string>,
): Generator<Violation> {
  if (damage !== undefined) yield { promise: "the file stays whole", what: damage };
  if (counted !== jobs.length)
    yield { promise: "counts are true", what: `${counted} jobs are counted of ${jobs.length}` };
  // Nothing was pruned, so that what is lost is the end of what was stored, never something in its midst.
  if (there.size !== newest)
    yield {
      promise: "only the last moments are undone",
      what: `there are ${there.size} jobs, and the newest is number ${newest}`,
    };
  for (const { id, run } of rows)
    if (!there.has(id))
      yield {
        promise: "rows match jobs",
        what: `run ${run} has a row of job ${id}, which is lost`,
      };
}

/** A new job gets an id that nobody was told before. */
async function isUsable(
  { path }: Restart,
  acknowledged: readonly Acknowledged[],
): Promise<Violation[]> {
  const promise = "a queue works after a power cut";
  const queue = await openQueue({ name: "after", folder: "", path, seed: 0 });
  try {
    const { id } = await queue.enqueue("task", { n: "after", does: {} });
    if ((await queue.get(id)) === undefined) return [{ promise, what: `job ${id} is not there` }];
    if (!acknowledged.some((job) => job.id === id)) return [];
    return [{ promise, what: `a new job got the id ${id}, which another one had` }];
  } catch (error) {
    return [{ promise, what: String(error) }];
  } finally {
    await queue.close();
  }
}
