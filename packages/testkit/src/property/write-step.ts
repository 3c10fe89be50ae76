import {
  type ClaimRequest,
  type Job,
  newJob,
  type NewJob,
  type Note,
  type Write,
} from "@turno/core";
import type { Model } from "../model/model.ts";
import { FROM, moved, type Moving } from "../model/moves.ts";
import { expectSame } from "./expect-same.ts";
import { makeMove } from "./make-move.ts";
import type { Pair } from "./pair.ts";
import { pickFrom, pickWorker } from "./pick.ts";
import type { AddStep, ClaimStep, MoveStep, NoteStep, WriteStep } from "./step.ts";

/** A job after a move, as core has it and as the model has it. */
interface Moved {
  readonly core: Job;
  readonly model: Job;
}

/** Commits once: some notes, some jobs that have moved, some new ones, perhaps a claim. */
export async function write(pair: Pair, step: WriteStep): Promise<void> {
  const { write, expected } = await writeOf(pair, step);
  await pair.commit(write, expected);
}

/** The write that a step means, and what the model makes of the jobs that it replaces. */
export async function writeOf(
  pair: Pair,
  { notes, moves, add, claim }: WriteStep,
): Promise<{ readonly write: Write; readonly expected: readonly Job[] }> {
  const done: Moved[] = [];
  for (const move of moves) {
    const next = await makeOneMove(pair, move, done);
    if (next !== undefined) done.push(next);
  }
  return replacing(pair, done, {
    note: notes.flatMap((step) => noteOf(pair, step)),
    add: add.map((wish) => wished(wish, pair.now)),
    claim: claim === undefined ? undefined : requested(pair, claim),
  });
}

/** Fails every job whose worker is gone, each in a commit of its own. */
export async function abandonOrphans(pair: Pair): Promise<void> {
  const orphans = await pair.store.list({ orphaned: true, limit: 1_000 });
  expectSame(orphans, pair.model.list({ orphaned: true, limit: 1_000 }), "the orphans");
  for (const orphan of orphans) {
    const abandoned = both(orphan, orphan, movingOf("abandon", 0, pair.now));
    const { write, expected } = replacing(pair, [abandoned], {});
    await pair.commit(write, expected);
  }
}

function replacing(
  { now }: Pair,
  done: readonly Moved[],
  others: Pick<Write, "note" | "add" | "claim">,
): { readonly write: Write; readonly expected: readonly Job[] } {
  return {
    write: { now, replace: done.map(({ core }) => core), ...others },
    expected: done.map(({ model }) => model),
  };
}

function noteOf(pair: Pair, { job: pick, as, progress, lines }: NoteStep): Note[] {
  const jobs = [...pair.model.jobs.values()];
  const held = jobs.filter(({ state }) => state === "running");
  const job = pickFrom(as === "once before" ? pair.oldCopies : [...held, ...held, ...jobs], pick);
  if (job === undefined) return [];
  const { seq, attempt } = job;
  const revision = job.revision + (as === "ahead" ? 1 : 0);
  const log = Array.from({ length: lines }, (_, at) => ({
    at: pair.now,
    attempt,
    line: `${at} 🎟️`,
  }));
  return [{ seq, revision, progress, log }];
}

async function makeOneMove(
  pair: Pair,
  { move, job: pick, as, delayMs }: MoveStep,
  done: readonly Moved[],
): Promise<Moved | undefined> {
  const fits = (job: Job) => FROM[move].includes(job.state);
  const moving = movingOf(move, delayMs, pair.now);
  if (as === "just moved") {
    const last = pickFrom(
      done.filter(({ core }) => fits(core)),
      pick,
    );
    return last && both(last.core, last.model, moving);
  }
  if (as === "ahead") {
    const job = pickFrom([...pair.model.jobs.values()].filter(fits), pick);
    const ahead = job && { ...job, revision: job.revision + 1 };
    return ahead && both(ahead, ahead, moving);
  }
  if (as === "once before") {
    const copy = pickFrom(pair.oldCopies.filter(fits), pick);
    return copy && both(copy, copy, moving);
  }
  const wanted = pickFrom(telling(pair.model).filter(fits), pick);
  if (wanted === undefined) return undefined;
  const [stored] = await pair.store.get([wanted.seq]);
  expectSame(stored, wanted, "the job that is read in order to be written");
  return stored && both(stored, wanted, moving);
}

/** Makes the move in core and in the model, and holds one to the other. */
function both(core: Job, model: Job, moving: Moving): Moved {
  const next = makeMove(core, moving);
  const right = moved(model, moving, next.runAt);
  expectSame(next, right, `what "${moving.move}" makes of a ${core.state} job`);
  return { core: next, model: right };
}

function movingOf(move: Moving["move"], delayMs: number, now: number): Moving {
  const forward = move === "fail and say when" ? Math.max(0, delayMs) : delayMs;
  const thrown = { name: "Oops", message: "it broke" };
  return { move, now, delayMs: forward, result: delayMs > 0 ? '{"width":64}' : undefined, thrown };
}

/**
 * All jobs, those that tell most more than once: held ones, those whose key another job has now, and the newest,
 * which no prune may take.
 */
function telling(model: Model): Job[] {
  const jobs = [...model.jobs.values()];
  const held = jobs.filter(({ state }) => state === "running");
  const robbed = jobs.filter((job) => model.rivalOf(job) !== undefined);
  return [...held, ...robbed, ...robbed, ...jobs.slice(-1), ...jobs.slice(-1), ...jobs];
}

function wished({ type, payload, inMs, ...options }: AddStep, now: number): NewJob {
  return newJob(type, payload, { ...options, runAt: now + (inMs ?? 0) }, {}, now);
}

function requested({ model }: Pair, { worker, limitOf, ...request }: ClaimStep): ClaimRequest {
  return {
    ...request,
    worker: pickWorker(model, worker),
    limitOf: limitOf === undefined ? undefined : new Map(limitOf),
  };
}
