import type {
  Call,
  EnqueuedAs,
  Evidence,
  HandedIn,
  Happening,
  HistoryEvent,
  SeenJob,
  Terms,
  Told,
} from "@turno/testkit";

export const LEASE_MS = 900;

type Ending = "returned" | "threw" | "fatal" | "snoozed";

export interface Stored
  extends Omit<SeenJob, "state" | "attempt" | "revision" | "run" | "holdsKey"> {
  state: SeenJob["state"];
  attempt: number;
  revision: number;
  run?: string | undefined;
  holdsKey?: string | undefined;
  /** The process that holds it while it runs. */
  holder?: string | undefined;
}

interface Started {
  readonly name: string;
  readonly id: string;
  readonly process: string;
  readonly attempt: number;
}

/**
 * Tells a history step by step, and keeps the store beside it as a queue without faults would. Each step takes a
 * millisecond. `write` adds any other event, and `jobs` can be changed, to tell of a queue with faults.
 */
export class Tale {
  now = 1_000;
  readonly events: HistoryEvent[] = [];
  readonly jobs = new Map<string, Stored>();
  #count = 0;

  write(process: string, happening: Happening): void {
    this.events.push({ ...happening, at: this.now, process });
    this.now++;
  }

  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  works(...processes: readonly string[]): void {
    for (const name of processes)
      this.write(name, { kind: "works", types: ["mail", "paid"], leaseMs: LEASE_MS });
  }

  invoke(process: string, does: Call): string {
    const call = `call ${++this.#count}`;
    this.write(process, { kind: "invoke", call, does });
    return call;
  }

  handedIn(wanted: Partial<HandedIn> = {}): HandedIn {
    return {
      type: "mail",
      payload: `"payload ${++this.#count}"`,
      priority: 0,
      delayMs: 0,
      maxAttempts: 3,
      ...wanted,
    };
  }

  /** An acknowledged job's id. */
  enqueue(wanted: Partial<HandedIn> = {}, process = "producer"): string {
    const job = this.handedIn(wanted);
    const call = this.invoke(process, { name: "enqueue", jobs: [job] });
    const id = this.store(job);
    this.ok(process, call, [{ id, added: true }]);
    return id;
  }

  ok(process: string, call: string, enqueued?: readonly EnqueuedAs[]): void {
    this.write(process, { kind: "ok", call, ...(enqueued && { enqueued }) });
  }

  /** What the store does for a job that is handed in. */
  store({ type, payload, maxAttempts, uniqueKey }: HandedIn): string {
    const id = `job ${++this.#count}`;
    this.jobs.set(id, {
      id,
      type,
      payload,
      maxAttempts,
      state: "pending",
      attempt: 0,
      revision: 1,
      holdsKey: uniqueKey,
    });
    return id;
  }

  job(id: string): Stored {
    const job = this.jobs.get(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    return job;
  }

  /** What the store does for a claim. */
  claim(process: string, id: string): number {
    const job = this.job(id);
    job.revision++;
    job.state = "running";
    job.holder = process;
    return ++job.attempt;
  }

  /** The handler of a job that is claimed is called. */
  begin(process: string, id: string, attempt = this.job(id).attempt): Started {
    const { type, payload = "" } = this.job(id);
    const name = `run ${++this.#count}`;
    this.write(process, { kind: "start", run: name, id, type, attempt, payload });
    return { name, id, process, attempt };
  }

  start(process: string, id: string): Started {
    return this.begin(process, id, this.claim(process, id));
  }

  end(run: Started, how: Ending): void {
    this.write(run.process, { kind: "end", run: run.name, how });
  }

  abort(run: Started, reason: string): void {
    this.write(run.process, { kind: "abort", run: run.name, reason });
  }

  tell(process: string, event: Told["event"], id: string, attempt: number): void {
    this.write(process, { kind: "told", event, id, attempt });
  }

  /** The store takes how a run has ended, and its worker tells it. */
  settle({ process, id, attempt, name }: Started, how: Ending | "released"): void {
    const job = this.job(id);
    job.revision++;
    job.holder = undefined;
    if (how === "returned") {
      job.state = "completed";
      job.run = name;
      job.holdsKey = undefined;
      return this.tell(process, "completed", id, attempt);
    }
    if (how === "snoozed" || how === "released") {
      job.attempt--;
      job.state = job.attempt === 0 ? "pending" : "failed";
      return this.tell(process, how, id, attempt);
    }
    job.state = how === "fatal" || attempt >= job.maxAttempts ? "dead" : "failed";
    if (job.state === "dead") job.holdsKey = undefined;
    this.tell(process, job.state, id, attempt);
  }

  finish(run: Started, how: Ending = "returned"): void {
    this.end(run, how);
    this.settle(run, how);
  }

  /** Runs a job once. */
  run(process: string, id: string, how: Ending = "returned"): Started {
    const run = this.start(process, id);
    this.pass(5);
    this.finish(run, how);
    return run;
  }

  /** Somebody fails a job whose worker is gone. */
  abandon(by: string, id: string): void {
    const job = this.job(id);
    job.revision++;
    job.holder = undefined;
    job.state = job.attempt >= job.maxAttempts ? "dead" : "failed";
    if (job.state === "dead") job.holdsKey = undefined;
    this.tell(by, job.state === "dead" ? "abandoned dead" : "abandoned", id, job.attempt);
  }

  cancel(id: string, process = "producer"): void {
    const call = this.invoke(process, { name: "cancel", id });
    const job = this.job(id);
    job.revision++;
    job.state = "cancelled";
    job.holdsKey = undefined;
    job.holder = undefined;
    this.ok(process, call);
  }

  retry(id: string, process = "producer"): void {
    const call = this.invoke(process, { name: "retry", id });
    const job = this.job(id);
    job.revision++;
    job.state = "pending";
    job.attempt = 0;
    job.run = undefined;
    this.ok(process, call);
  }

  kill(of: string): void {
    this.write("nurse", { kind: "killed", of });
    this.write("nurse", { kind: "exited", of, code: null, signal: "SIGKILL" });
  }

  freeze(of: string): void {
    this.write("nurse", { kind: "frozen", of });
  }

  thaw(of: string): void {
    this.write("nurse", { kind: "thawed", of });
  }

  /** The process ends when it is asked to, with nothing left to do. */
  stop(of: string): void {
    this.write("nurse", { kind: "asked", of });
    this.write(of, { kind: "stopped" });
    this.write("nurse", { kind: "exited", of, code: 0, signal: null });
  }

  see(whole = true): void {
    this.write("observer", { kind: "saw", whole, jobs: this.seen });
  }

  get seen(): SeenJob[] {
    return [...this.jobs.values()].map(({ holder: _, ...job }) => ({ ...job }));
  }

  evidence(terms: Terms = {}, more: Partial<Evidence> = {}): Evidence {
    return { events: this.events, jobs: this.seen, terms, ...more };
  }
}
