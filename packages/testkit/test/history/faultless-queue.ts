import type { CallersRow, Evidence, HandedIn } from "@turno/testkit";
import fc from "fast-check";
import { LEASE_MS, Tale } from "./tale.ts";

const RETENTION_MS = 3_000;

const DEEDS = [
  "enqueue",
  "refuse",
  "leave unanswered",
  "claim",
  "claim",
  "claim",
  "claim ahead",
  "return",
  "return",
  "return",
  "throw",
  "end fatally",
  "snooze",
  "time out",
  "return and be killed",
  "kill",
  "freeze",
  "stop",
  "cancel",
  "retry",
  "prune",
  "see",
  "pass",
  "pass",
] as const;

type Deed = (typeof DEEDS)[number];
type Run = ReturnType<Tale["start"]>;

/** What is done to the queue, one thing after the other; `pick` chooses among what is there. */
export interface Doing {
  readonly deed: Deed;
  readonly pick: number;
}

export const doings: fc.Arbitrary<Doing[]> = fc.array(
  fc.record({ deed: fc.constantFrom(...DEEDS), pick: fc.nat({ max: 999 }) }),
  { minLength: 30, maxLength: 120, size: "max" },
);

/** The history of a queue without faults, whose processes are killed, frozen and stopped. */
export function evidenceOf(todo: readonly Doing[]): Evidence {
  const queue = new FaultlessQueue();
  for (const doing of todo) queue.take(doing);
  queue.bringToEnd();
  const terms = { retentionMs: RETENTION_MS, aheadMs: 300, transactional: ["paid"] };
  return queue.tale.evidence(terms, { rows: queue.rows });
}

class FaultlessQueue {
  readonly tale = new Tale();
  readonly rows: CallersRow[] = [];
  readonly #finishedAt = new Map<string, number>();
  readonly #order: string[] = [];
  readonly #priorities = new Map<string, number>();
  #workers: string[] = [];
  #gone = new Set<string>();
  #runs: Run[] = [];
  #ahead: { process: string; id: string; attempt: number }[] = [];
  #count = 0;
  #taken = 0;

  take({ deed, pick }: Doing): void {
    this.#fillUp();
    if (++this.#taken % 4 === 0 || deed === "prune" || deed === "freeze") this.#hear();
    const { tale } = this;
    const worker = from(this.#workers, pick) ?? "";
    const run = from(this.#runs, pick);
    const ids = [...tale.jobs.keys()];
    switch (deed) {
      case "enqueue":
        return this.#enqueue(pick, true);
      case "refuse":
      case "leave unanswered":
        return this.#enqueue(pick, deed === "refuse" ? false : undefined);
      case "claim":
        return this.#claim(worker, false);
      case "claim ahead":
        return this.#claim(worker, true);
      case "return":
      case "throw":
      case "end fatally":
      case "snooze":
        if (run !== undefined) this.#end(run, ENDINGS[deed]);
        return;
      case "time out":
        if (run !== undefined) this.#timeOut(run);
        return;
      case "return and be killed":
        if (run === undefined || this.#isPaid(run)) return;
        tale.end(run, "returned");
        return this.#kill(run.process);
      case "kill":
        return this.#kill(worker);
      case "freeze":
        return this.#freeze(worker, pick);
      case "stop":
        return this.#stop(worker);
      case "cancel":
        return this.#cancel(from(ids, pick));
      case "retry":
        return this.#retry(from(ids, pick));
      case "prune":
        return this.#prune();
      case "see":
        return tale.see();
      case "pass":
        this.#startAhead(() => true);
        tale.pass(pick % 100);
    }
  }

  /** Until every job is finished. */
  bringToEnd(): void {
    while (this.#waiting().length > 0 || this.#runs.length > 0 || this.#ahead.length > 0) {
      this.#fillUp();
      this.#startAhead(() => true);
      this.#claim(this.#workers[0] ?? "", false);
      for (const run of Array.from(this.#runs)) this.#end(run, "returned");
    }
    this.tale.see();
  }

  #fillUp(): void {
    while (this.#workers.length < 3) {
      const name = `worker ${++this.#count}`;
      this.tale.works(name);
      this.#workers.push(name);
    }
  }

  #enqueue(pick: number, isTaken: boolean | undefined): void {
    const { tale } = this;
    const type = pick % 3 === 0 ? "paid" : "mail";
    const uniqueKey = pick % 5 === 0 ? `key ${pick % 2}` : undefined;
    const wanted: Partial<HandedIn> = { type, uniqueKey, priority: pick % 2 };
    const job = tale.handedIn({ ...wanted, maxAttempts: 1 + (pick % 3) });
    const producer = `producer ${++this.#count}`;
    const call = tale.invoke(producer, { name: "enqueue", jobs: [job] });
    if (isTaken === false) return tale.write(producer, { kind: "fail", call, error: "StoreFull" });
    const holder = [...tale.jobs.values()].find(
      (other) => uniqueKey !== undefined && other.type === type && other.holdsKey === uniqueKey,
    );
    const isLost = isTaken === undefined && pick % 2 === 0;
    const id = holder?.id ?? (isLost ? "" : tale.store(job));
    if (holder === undefined && !isLost) {
      this.#order.push(id);
      this.#priorities.set(id, job.priority);
    }
    if (isTaken === true) tale.ok(producer, call, [{ id, added: holder === undefined }]);
    else tale.kill(producer);
  }

  /** Highest priority first, then oldest. */
  #waiting(): string[] {
    const { tale } = this;
    const waits = (id: string) => {
      const state = tale.jobs.get(id)?.state;
      return state === "pending" || state === "failed";
    };
    const priority = (id: string) => this.#priorities.get(id) ?? 0;
    return this.#order.filter(waits).sort((a, b) => priority(b) - priority(a));
  }

  #claim(process: string, isAhead: boolean): void {
    const { tale } = this;
    const [id] = this.#waiting();
    if (id === undefined) return;
    if (!isAhead) this.#runs.push(tale.start(process, id));
    else this.#ahead.push({ process, id, attempt: tale.claim(process, id) });
  }

  #startAhead(isTheirs: (process: string) => boolean): void {
    for (const { process, id, attempt } of this.#ahead) {
      if (!isTheirs(process)) continue;
      const isHeld = this.#holds(process, id, attempt);
      const run = this.tale.begin(process, id, attempt);
      if (isHeld) this.#runs.push(run);
      else this.#lose(run);
    }
    this.#ahead = this.#ahead.filter(({ process }) => !isTheirs(process));
  }

  #holds(process: string, id: string, attempt: number): boolean {
    const job = this.tale.jobs.get(id);
    return job?.state === "running" && job.holder === process && job.attempt === attempt;
  }

  #end(run: Run, how: "returned" | "threw" | "fatal" | "snoozed"): void {
    const { tale } = this;
    this.#runs = this.#runs.filter((other) => other !== run);
    if (!this.#holds(run.process, run.id, run.attempt)) return this.#lose(run);
    tale.end(run, how);
    if (how === "returned" && this.#isPaid(run)) this.rows.push({ id: run.id, run: run.name });
    tale.settle(run, how);
    this.#noteFinish(run.id);
  }

  #isPaid({ id }: Run): boolean {
    return this.tale.jobs.get(id)?.type === "paid";
  }

  #timeOut(run: Run): void {
    if (!this.#holds(run.process, run.id, run.attempt)) return this.#end(run, "threw");
    this.tale.abort(run, "JobTimedOut");
    this.tale.settle(run, "threw");
    this.#noteFinish(run.id);
  }

  #lose(run: Run): void {
    this.tale.abort(run, "LeaseLost");
    this.tale.end(run, "threw");
  }

  /** Beats tell workers of what they do not hold any more. */
  #hear(): void {
    const isHeld = ({ process, id, attempt }: Omit<Run, "name">) =>
      this.#holds(process, id, attempt);
    this.#ahead = this.#ahead.filter(isHeld);
    for (const run of this.#runs) if (!isHeld(run)) this.#lose(run);
    this.#runs = this.#runs.filter(isHeld);
  }

  #kill(name: string): void {
    this.tale.kill(name);
    this.#leave(name);
    this.#abandonAll(name);
  }

  #leave(name: string): void {
    this.#workers = this.#workers.filter((other) => other !== name);
    this.#runs = this.#runs.filter((run) => run.process !== name);
    this.#ahead = this.#ahead.filter(({ process }) => process !== name);
    this.#gone.add(name);
  }

  #abandonAll(name: string): void {
    this.#fillUp();
    const by = this.#workers.find((other) => other !== name) ?? "";
    for (const { id, holder } of this.tale.jobs.values()) {
      if (holder !== name) continue;
      this.tale.abandon(by, id);
      this.#noteFinish(id);
    }
  }

  /** For a moment or for longer than its lease, and then its jobs go to others. */
  #freeze(name: string, pick: number): void {
    const { tale } = this;
    tale.freeze(name);
    tale.pass(pick % 2 === 0 ? 20 : LEASE_MS + 50);
    if (pick % 2 !== 0) {
      this.#abandonAll(name);
      const others = this.#workers.filter((other) => other !== name);
      for (let more = pick % 4; more > 0; more--) this.#claim(others[0] ?? "", false);
    }
    tale.thaw(name);
    this.#startAhead((process) => process === name);
  }

  /** Its handlers are told to end, and what they had is given back. */
  #stop(name: string): void {
    const { tale } = this;
    for (const { process, id, attempt } of this.#ahead)
      if (process === name && this.#holds(name, id, attempt))
        tale.settle({ name: "", process, id, attempt }, "released");
    for (const run of this.#runs.filter(({ process }) => process === name)) {
      tale.abort(run, "WorkerStopping");
      tale.end(run, "threw");
      if (this.#holds(name, run.id, run.attempt)) tale.settle(run, "released");
    }
    tale.stop(name);
    this.#leave(name);
  }

  #cancel(id: string | undefined): void {
    if (id === undefined || this.#finishedAt.has(id)) return;
    this.tale.cancel(id);
    this.#noteFinish(id);
  }

  #retry(id: string | undefined): void {
    if (id === undefined || !this.#finishedAt.has(id) || this.#isPaid({ id } as Run)) return;
    this.tale.retry(id);
    this.#finishedAt.delete(id);
  }

  #prune(): void {
    this.#startAhead(() => true);
    this.tale.pass(RETENTION_MS / 2);
    for (const [id, at] of this.#finishedAt)
      if (at + RETENTION_MS <= this.tale.now) {
        this.tale.jobs.delete(id);
        this.#finishedAt.delete(id);
      }
  }

  #noteFinish(id: string): void {
    const { state } = this.tale.job(id);
    if (state === "completed" || state === "dead" || state === "cancelled")
      this.#finishedAt.set(id, this.tale.now);
  }
}

const ENDINGS = {
  return: "returned",
  throw: "threw",
  "end fatally": "fatal",
  snooze: "snoozed",
} as const;

function from<T>(choices: readonly T[], pick: number): T | undefined {
  return choices[pick % Math.max(1, choices.length)];
}
