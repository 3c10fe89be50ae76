import type { Job } from "@turno/core";
import type { Shop } from "./shop.ts";

interface Order {
  readonly number: number;
  readonly parts: number;
  readonly doomed: number;
}

interface Parcel {
  readonly job: string;
  readonly attempt: number;
  readonly doomed: number;
}

/**
 * What is amiss in the shop's file between its own rows and the queue's jobs: nothing, if all is well. `kept` are the
 * orders' numbers and the packed jobs' ids of which a process has seen that they were committed.
 */
export async function mismatches(shop: Shop, kept: readonly string[]): Promise<string[]> {
  const { database } = shop;
  const jobs = await everyJob(shop);
  const orders = database.prepare<[], Order>("SELECT * FROM orders").all();
  const parcels = database.prepare<[], Parcel>("SELECT * FROM parcels").all();
  const damage = database.pragma("integrity_check", { simple: true });
  return [
    ...(damage === "ok" ? [] : [`the file is damaged: ${String(damage)}`]),
    ...ofOrders(orders, jobs),
    ...ofParcels(parcels, jobs),
    ...lost(orders, parcels, kept),
  ];
}

async function everyJob({ store }: Shop): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let beforeSeq: number | undefined; ; ) {
    const page = await store.list({ beforeSeq, limit: 1_000 });
    jobs.push(...page);
    if (page.length < 1_000) return jobs;
    beforeSeq = page.at(-1)?.seq;
  }
}

/** An order is there if and only if its jobs are, each once; none that was rolled back. */
function* ofOrders(orders: readonly Order[], jobs: readonly Job[]): Generator<string> {
  const found = new Map<number, number[]>();
  for (const { id, payload, state } of jobs) {
    const { order, part, doomed } = JSON.parse(payload);
    if (doomed) yield `job ${id} of order ${order} was rolled back, and is there`;
    if (state === "dead" || state === "cancelled") yield `job ${id} is ${state}`;
    found.set(order, [...(found.get(order) ?? []), part]);
  }
  for (const { number, parts, doomed } of orders) {
    if (doomed === 1) yield `order ${number} was rolled back, and is there`;
    const has = (found.get(number) ?? []).toSorted((one, other) => one - other).join();
    const wanted = Array.from({ length: parts }, (_, part) => part).join();
    if (has !== wanted) yield `order ${number} has jobs for its parts [${has}], not [${wanted}]`;
    found.delete(number);
  }
  for (const order of found.keys()) yield `order ${order} is not there, and has jobs`;
}

/** A parcel is there if and only if its job is completed, by that very attempt; none that was rolled back. */
function* ofParcels(parcels: readonly Parcel[], jobs: readonly Job[]): Generator<string> {
  const byJob = Map.groupBy(parcels, ({ job }) => job);
  for (const job of jobs) {
    const attempts = (byJob.get(job.id) ?? []).map(({ attempt }) => attempt);
    const wanted = job.state === "completed" ? [JSON.parse(job.result ?? "{}").attempt] : [];
    byJob.delete(job.id);
    if (attempts.join() === wanted.join()) continue;
    yield `job ${job.id} is ${job.state}, and has parcels of the attempts [${attempts.join()}], not [${wanted.join()}]`;
  }
  for (const id of byJob.keys()) yield `there is no job ${id}, and a parcel of it`;
  for (const { job, doomed } of parcels)
    if (doomed === 1) yield `a parcel of job ${job} was rolled back, and is there`;
}

function* lost(
  orders: readonly Order[],
  parcels: readonly Parcel[],
  kept: readonly string[],
): Generator<string> {
  const there = new Set([
    ...orders.map(({ number }) => String(number)),
    ...parcels.map(({ job }) => job),
  ]);
  for (const about of kept) if (!there.has(about)) yield `${about} was committed, and is lost`;
}
