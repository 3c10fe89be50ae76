import { CallHistory, type HandIn } from "./call-history.ts";
import type { HandedIn, HistoryEvent } from "./event.ts";
import type { Sighting } from "./history.ts";
import { JobHistory } from "./job-history.ts";
import { ProcessHistory } from "./process-history.ts";
import { Run } from "./run.ts";

/** Takes events in, in the order of time, and keeps them where they belong. */
export class HistoryReader {
  readonly jobs = new Map<string, JobHistory>();
  readonly processes = new Map<string, ProcessHistory>();
  readonly runs = new Map<string, Run>();
  readonly calls: CallHistory[] = [];
  readonly handIns = new Map<string, HandIn[]>();
  readonly sightings: Sighting[] = [];
  /** When something was told that proves a write to the store. */
  readonly writtenAt: number[] = [];
  jumpedMs = 0;
  readonly #handInsOf = new Map<CallHistory, readonly HandIn[]>();

  job(id: string): JobHistory {
    let job = this.jobs.get(id);
    if (job === undefined) this.jobs.set(id, (job = new JobHistory(id)));
    return job;
  }

  process(name: string): ProcessHistory {
    let process = this.processes.get(name);
    if (process === undefined) this.processes.set(name, (process = new ProcessHistory(name)));
    return process;
  }

  read(event: HistoryEvent): void {
    switch (event.kind) {
      case "invoke":
        return this.#invoke(event);
      case "ok":
      case "fail":
      case "info":
        return this.#answer(event);
      case "start":
        return this.#start(event);
      case "abort":
        this.#run(event).abort ??= event;
        return;
      case "end":
        this.#run(event).end ??= event;
        return;
      case "die":
        this.#run(event).process.diedAt = event.at;
        return;
      case "block":
        this.process(event.process).blocks.push({ from: event.at, to: event.at + event.ms });
        return;
      case "told":
        this.job(event.id).tells.push(event);
        this.writtenAt.push(event.at);
        return;
      case "saw":
        return this.#see(event);
      case "works":
        this.process(event.process).works.push(event);
        return;
      case "stopped":
        this.process(event.process).stoppedAt = event.at;
        return;
      case "trouble":
        this.process(event.process).troubledAt.push(event.at);
        return;
      case "gap":
        // No promise of the queue's: who holds up an event loop, and whether he may, the judge cannot know.
        return;
      default:
        return this.#befall(event);
    }
  }

  #invoke({ call, does, process, at }: Extract<HistoryEvent, { kind: "invoke" }>): void {
    const history = new CallHistory(does, process, at);
    this.calls.push(history);
    this.process(process).calls.set(call, history);
    if (does.name === "enqueue") return this.#handIn(history, does.jobs);
    if (does.name === "prune") return;
    const job = this.job(does.id);
    if (does.name === "cancel") job.cancels = [...job.cancels, history];
    else job.retries = [...job.retries, history];
  }

  #handIn(call: CallHistory, jobs: readonly HandedIn[]): void {
    const handIns = jobs.map((job): HandIn => ({ job, call, as: undefined }));
    this.#handInsOf.set(call, handIns);
    for (const handIn of handIns) {
      const same = this.handIns.get(handIn.job.payload);
      if (same === undefined) this.handIns.set(handIn.job.payload, [handIn]);
      else same.push(handIn);
    }
  }

  #answer(event: Extract<HistoryEvent, { kind: "ok" | "fail" | "info" }>): void {
    const call = this.process(event.process).calls.get(event.call);
    if (call === undefined)
      throw new Error(`the history answers call ${event.call}, which was never made`);
    call.answer = event;
    if (event.kind !== "ok" && (event.kind === "info" || event.error.startsWith("Store")))
      this.process(event.process).troubledAt.push(event.at);
    if (event.kind !== "ok") return;
    const handIns = this.#handInsOf.get(call) ?? [];
    if (handIns.length > 0) this.writtenAt.push(event.at);
    for (const [index, as] of (event.enqueued ?? []).entries()) {
      const handIn = handIns[index];
      if (handIn === undefined)
        throw new Error(`call ${event.call} was told of more jobs than it handed in`);
      handIn.as = as;
      if (!as.added) continue;
      const job = this.job(as.id);
      if (job.handIn === undefined) job.handIn = handIn;
      else job.otherHandIns = [...job.otherHandIns, handIn];
    }
  }

  #start(event: Extract<HistoryEvent, { kind: "start" }>): void {
    const process = this.process(event.process);
    const run = new Run(event, process, event.at);
    if (this.runs.has(run.name)) throw new Error(`the history has two runs named ${run.name}`);
    this.runs.set(run.name, run);
    this.job(run.id).runs.push(run);
  }

  #run({ run: name }: { readonly run: string }): Run {
    const run = this.runs.get(name);
    if (run === undefined) throw new Error(`the history speaks of run ${name}, which never began`);
    return run;
  }

  #see(sighting: Sighting): void {
    this.sightings.push(sighting);
    const { at, process: by } = sighting;
    for (const job of sighting.jobs) this.job(job.id).see({ job, at, by });
  }

  #befall(event: Extract<HistoryEvent, { readonly of: string }>): void {
    const process = this.process(event.of);
    switch (event.kind) {
      case "killed":
        process.killedAt = Math.min(process.killedAt, event.at);
        return thaw(process, event.at);
      case "frozen":
        process.frozenAt ??= event.at;
        process.frozenTimes++;
        return;
      case "thawed":
        // Frozen twice at a time it is thawed twice, and goes on after the second.
        if (--process.frozenTimes <= 0) thaw(process, event.at);
        return;
      case "hindered":
        process.hindrances.push({ from: event.at, to: event.at + event.forMs });
        return;
      case "asked":
        process.askedAt = Math.min(process.askedAt, event.at);
        return;
      case "jumped":
        this.jumpedMs += Math.abs(event.byMs);
        return;
      case "exited":
        process.exit = event;
        return thaw(process, event.at);
    }
  }
}

function thaw(process: ProcessHistory, at: number): void {
  process.frozenTimes = 0;
  if (process.frozenAt === undefined) return;
  process.freezes.push({ from: process.frozenAt, to: at });
  process.frozenAt = undefined;
}
