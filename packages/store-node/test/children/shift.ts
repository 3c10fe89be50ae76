// Takes orders and packs parcels, in transactions of its own rows and the queue's, until it is killed; each step goes to its log.
import { openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClaimedJob, type Settled, StoreBusy } from "@turno/core";
import { type jobs, openShop, type Place, type Shift } from "../kills/shop.ts";
import { randomFrom } from "../random-from.ts";

class ChangedMyMind extends Error {}

const shift = JSON.parse(process.argv[2] ?? "") as Shift;
const random = randomFrom(shift.seed);
const { database, queue } = openShop(shift);
const log = openSync(shift.log, "w");
const insertOrder = database.prepare("INSERT INTO orders VALUES (?, ?, ?)");
const insertParcel = database.prepare("INSERT INTO parcels VALUES (?, ?, ?)");
let passed = 0;

const worker = queue.work({ pack }, { concurrency: 4, pollMs: 20 });
const ready = worker.on("started", () => {
  console.log("packing");
  ready();
});
worker.on("completed", ({ job }) => step("parcel told", job.id));
worker.on("failed", ({ error }) => report(error));
worker.on("error", ({ error }) => report(error));
if (shift.isLast) await packWhatIsLeft();
else for (let count = 0; ; count++) await takeOrder(shift.seed * 10_000 + count);

async function takeOrder(number: number): Promise<void> {
  const about = String(number);
  await sleep(random() * 3);
  if ((await queue.counts()).pending > 20) return;
  const doomed = random() < 0.25;
  const parts = random() < 0.5 ? 1 : 3;
  const insert = () => void insertOrder.run(number, parts, Number(doomed));
  const enqueue = () => {
    const payloads = [0, 1, 2].map((part) => ({ order: number, part, doomed }));
    if (parts === 1) queue.within(database).enqueue("pack", payloads[0]!);
    else {
      const items = payloads.map((payload) => ({ type: "pack" as const, payload }));
      queue.within(database).enqueueMany(items);
    }
  };
  try {
    deal("order", { about, doomed, writes: [insert, enqueue] });
    await new Promise(setImmediate);
    step("order told", about);
  } catch (error) {
    report(error);
  }
}

async function pack(job: ClaimedJob<typeof jobs, "pack">) {
  await new Promise(setImmediate);
  const { id, attempt } = job;
  const doomed = random() < 0.25;
  const insert = () => void insertParcel.run(id, attempt, Number(doomed));
  let settled: Settled | undefined;
  const complete = () => {
    settled = queue.within(database).complete(job, { attempt });
  };
  try {
    deal("parcel", { about: id, doomed, writes: [insert, complete] });
  } catch (error) {
    // To return what was rolled back must fail the attempt as well.
    if (settled === undefined || random() < 0.5) throw error;
  }
  if (random() < 0.2) throw new ChangedMyMind("too late where it was committed");
  return settled ?? { attempt };
}

interface DealOptions {
  readonly about: string;
  readonly doomed: boolean;
  readonly writes: [() => void, () => void];
}

function deal(what: "order" | "parcel", { about, doomed, writes }: DealOptions): void {
  const [first, second] = random() < 0.5 ? writes : writes.toReversed();
  const transaction = database.transaction(() => {
    step(`${what} begun`, about);
    first?.();
    step(`${what} half`, about);
    second?.();
    step(`${what} whole`, about);
    if (doomed) throw new ChangedMyMind("rolled back on purpose");
  });
  try {
    transaction.immediate();
    step(`${what} committed`, about);
  } catch (error) {
    if (doomed) step(`${what} rolled back`, about);
    throw error;
  }
}

/** Is written before it goes on, so that the last line tells where it was killed. */
function step(place: Place, about: string): void {
  writeSync(log, `${place}: ${about}\n`);
  if (place === shift.fuse?.place && ++passed === shift.fuse.nth)
    process.kill(process.pid, "SIGKILL");
}

async function packWhatIsLeft(): Promise<void> {
  for (;;) {
    const { pending, failed, running } = await queue.counts();
    if (pending + failed + running === 0) return queue.close();
    await sleep(5);
  }
}

/** Prints what is no part of the game. */
function report(error: unknown): void {
  if (error instanceof ChangedMyMind || error instanceof StoreBusy) return;
  if (/database is locked|was not committed/.test(String(error))) return;
  console.error(error);
}
