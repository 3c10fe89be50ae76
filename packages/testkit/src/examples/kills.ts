import { type Committed, complete, type Store } from "@turno/core";
import { expect } from "vitest";
import { Bench, seqOf } from "../bench.ts";
import { turns, turnsUntil } from "../turns.ts";
import { until } from "../until.ts";
import type { Examples, OpenAnother } from "./example.ts";

/** How an example comes by connections, and how it ends one as a crash would. */
export interface Killing {
  /** Opens another connection to the data of the bench, whose own may have been killed. */
  readonly open: OpenAnother;
  readonly kill: (store: Store) => Promise<void>;
}

/** A connection is killed after so many eighths of what a call takes: at each stage of it, whatever the store. */
const EIGHTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** So often a connection is killed where no moment can be aimed at. */
const ROUNDS = 30;

/** What holds when connections end as by a crash. */
export const kills: Examples<Killing> = {
  "what was acknowledged before a kill is there for a connection that stays": async (
    bench,
    { open, kill },
  ) => {
    const second = new Bench(await open());
    await writeAllKinds(bench);
    const before = await contentsOf(second);
    await kill(bench.store);
    expect(await contentsOf(second)).toEqual(before);
    const third = new Bench(await open());
    expect(third.store.salt).toBe(second.store.salt);
    expect(await contentsOf(third)).toEqual(before);
  },

  "what was acknowledged before all connections are killed is there for the next one": async (
    bench,
    { open, kill },
  ) => {
    const second = new Bench(await open());
    await writeAllKinds(second);
    const before = await contentsOf(second);
    const { salt } = bench.store;
    await kill(bench.store);
    await kill(second.store);
    const next = new Bench(await open());
    expect(next.store.salt).toBe(salt);
    expect(await contentsOf(next)).toEqual(before);
    expect(await next.store.nextDueAt()).toBe(bench.now + 9);
    expect(await next.add({ uniqueKey: "k" })).toEqual([before.jobs.at(-1)?.seq]);
  },

  "the workers of a killed connection are gone or given up, and what they held can run again":
    async (bench, { open, kill }) => {
      const second = new Bench(await open());
      const [lost, alive] = [await bench.join(), await second.join()];
      const held = await bench.running(lost);
      await second.running(alive);
      await kill(bench.store);
      await until("the worker of a killed connection is gone or given up", async () => {
        const record = (await second.store.workers()).find(({ id }) => id === lost);
        return record === undefined || record.gone ? true : undefined;
      });
      const others = (await second.store.workers()).filter(({ id }) => id !== lost);
      expect(others.map(({ id, gone }) => ({ id, gone }))).toEqual([{ id: alive, gone: false }]);
      await second.store.leave(lost);
      expect(await second.store.beat(lost)).toEqual({ known: false, holds: [] });
      expect(await second.store.list({ orphaned: true, limit: 10 })).toEqual([held]);
    },

  "no number is given twice after kills": async (bench, { open, kill }) => {
    let connection = bench;
    const [workers, seqs]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3; round++) {
      const next = new Bench(await open());
      for (const each of [connection, next]) {
        workers.push(await each.join());
        seqs.push(...(await each.add({}, {})));
      }
      for (const worker of workers) await next.store.leave(worker);
      await kill(connection.store);
      workers.push(await next.join());
      seqs.push(...(await next.add({})));
      connection = next;
    }
    expect(new Set(workers).size).toBe(workers.length);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
  },

  "what is asked while another connection is killed is answered, and done once": async (
    bench,
    { open, kill },
  ) => {
    let [older, newer] = [bench, new Bench(await open())];
    for (let round = 1; round <= ROUNDS; round++) {
      // Mostly who was there first: it is likelier to have a part which another has to take over.
      const [victim, other] = round % 5 === 0 ? [newer, older] : [older, newer];
      await checkAnswers(other, () => kill(victim.store));
      [older, newer] = [other, new Bench(await open())];
    }
  },

  "what a killed connection was writing is there as a whole or not at all": async (
    bench,
    { open, kill },
  ) => {
    const again = async (victim: Bench) => {
      await kill(victim.store);
      return new Bench(await open());
    };
    let [older, newer] = [bench, new Bench(await open())];
    for (const eighths of EIGHTHS) {
      const youngest = await checkWholeness(older, eighths, newer, again);
      [older, newer] = [newer, await checkWholeness(youngest, eighths, newer, again)];
    }
  },
};

/** Jobs in several states, notes and a pause. */
async function writeAllKinds(bench: Bench): Promise<void> {
  const worker = await bench.join();
  await bench.add({ uniqueKey: "k" });
  const held = await bench.running(worker, { payload: '"🎟️"' });
  const { seq, revision } = held;
  const note = { seq, revision, progress: "50", log: [] };
  await bench.store.commit({ now: bench.now, note: [note] });
  await bench.replace(complete(held, '"done"', bench.now));
  await bench.running(worker);
  await bench.store.pause({ type: "mail", paused: true });
  await bench.add({ runAt: bench.now + 9, backoff: { baseMs: 3 } });
}

async function contentsOf({ store }: Bench) {
  const jobs = await store.list({ limit: 100 });
  const notes = await store.notes(jobs.map(({ seq }) => seq));
  return { jobs, notes, paused: await store.pause() };
}

/** Adds and claims again and again, kills another connection meanwhile, and looks at what became of it. */
async function checkAnswers(bench: Bench, kill: () => Promise<void>): Promise<void> {
  const worker = await bench.join();
  const addAndClaim = async () =>
    await bench.store.commit({
      now: bench.now,
      add: [bench.newJob()],
      claim: { worker, limit: 1 },
    });
  const usual = await turnsUntil(addAndClaim());
  const old = new Set((await bench.all()).map(({ seq }) => seq));
  const calls: Promise<Committed>[] = [];
  // One after the other without waiting: so at each moment there is one at each stage of its way.
  const stream = async (count: number) => {
    for (let started = 0; started < count; started++) {
      calls.push(addAndClaim());
      await turns(Math.ceil(usual / 8));
    }
  };
  await stream(12);
  const killed = kill();
  await stream(8);
  await killed;
  const answers = await Promise.all(calls);
  const jobs = (await bench.all()).filter(({ seq }) => !old.has(seq));
  const added = answers.flatMap(({ added: [one] }) => (one === undefined ? [] : [seqOf(one)]));
  const claimed = answers.flatMap((answer) => answer.claimed);
  expect(added.toSorted((a, b) => b - a)).toEqual(jobs.map(({ seq }) => seq));
  expect(claimed.toSorted((a, b) => b.seq - a.seq)).toEqual(jobs);
}

/** Settles, adds and claims in one commit, kills who asked for it, and looks at what became of it. */
async function checkWholeness(
  victim: Bench,
  eighths: number,
  other: Bench,
  again: (victim: Bench) => Promise<Bench>,
): Promise<Bench> {
  const usual = await turnsUntil(victim.add({ runAt: victim.now + 1 }));
  const worker = await other.join();
  const held = await other.running(worker);
  const write = {
    now: victim.now,
    replace: [complete(held, undefined, victim.now)],
    add: [victim.newJob(), victim.newJob()],
    claim: { worker, limit: 1 },
  };
  const call = async () => await victim.store.commit(write);
  let answered = false;
  call().then(
    () => (answered = true),
    () => undefined,
  );
  await turns(Math.round((usual * eighths) / 8));
  const acknowledged = answered;
  const next = await again(victim);
  const states = async () =>
    (await other.all()).flatMap(({ seq, state }) => (seq < held.seq ? [] : [state]));
  const done = ["pending", "running", "completed"];
  const found = await states();
  expect(acknowledged ? [done] : [done, ["running"]]).toContainEqual(found);
  await next.add({});
  expect(await states()).toEqual(["pending", ...found]);
  // So that the next look finds nothing to claim but its own.
  await other.claim(worker);
  return next;
}
