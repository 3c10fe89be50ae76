// A queue as users would have it, with a journal of what happened: rows that the handlers write.
import { DurableObject } from "cloudflare:workers";
import { type ClaimedAs, Queue } from "@turno/core";
import { type ObjectStorage, openDurableObjectStore } from "@turno/store-durable-object";
import { counted } from "./counted.ts";
import type { Order, Settings, ShopState } from "./orders.ts";

export class Shop extends DurableObject {
  readonly #storage: ObjectStorage;
  readonly #rows: Map<string, number>;
  readonly #store;
  readonly #queue;

  constructor(ctx: DurableObjectState, env: never) {
    super(ctx, env);
    const { storage, rows } = counted(ctx.storage);
    this.#storage = storage;
    this.#rows = rows;
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, entry TEXT)",
    );
    this.#store = openDurableObjectStore(storage);
    this.#queue = new Queue({ store: this.#store });
  }

  override async alarm(): Promise<void> {
    this.#note("alarm");
    console.log(`alarm ${this.ctx.id.name ?? ""}`);
    const { concurrency, abortMs, ...options } = (this.ctx.storage.kv.get("settings") ??
      {}) as Settings;
    await this.#store.atAlarm(() => {
      const worker = this.#queue.work(
        {
          note: (job) => this.#note(`note ${String(job.payload)}`),
          wait: (job) => this.#wait(job as never),
          fail: ({ attempt }) => {
            throw new Error(`attempt ${attempt}`);
          },
          tell: ({ progress, log }) => {
            log("one");
            progress(0.5);
          },
          twin: ({ payload }) => this.#queue.enqueue("note", payload),
        },
        { concurrency, abortMs },
      );
      worker.on("error", ({ error }) => this.#note(`error ${String(error)}`));
      return worker;
    }, options);
    this.#note("alarm over");
    console.log("alarm over");
  }

  override async fetch(request: Request): Promise<Response> {
    return Response.json((await this.#carryOut(await request.json())) ?? null);
  }

  async #carryOut(order: Order): Promise<unknown> {
    switch (order.order) {
      case "enqueue":
        return await this.#queue.enqueueMany(order.items);
      case "settings":
        return this.ctx.storage.kv.put("settings", order.settings);
      case "pause":
        return await this.#queue.pause(order.type);
      case "resume":
        return await this.#queue.resume(order.type);
      case "claim":
        return (await this.#queue.claim({ limit: order.limit })).length;
      case "alarm":
        return await this.alarm();
      case "abort":
        return this.ctx.abort("as a test wants it");
      case "jobs":
        return (await this.#queue.list({ limit: 100 })).jobs;
      case "prune":
        return await this.#queue.prune({ completed: 0 });
      case "setAlarm":
        return await this.ctx.storage.setAlarm(Date.now());
      case "rows":
        return Object.fromEntries(this.#rows);
      case "state":
        return await this.#state();
    }
  }

  async #state(): Promise<ShopState> {
    const rows = this.ctx.storage.sql
      .exec<{ entry: string }>("SELECT entry FROM journal ORDER BY seq")
      .toArray();
    return {
      counts: { ...(await this.#queue.counts()) },
      journal: rows.map(({ entry }) => entry),
      alarmAt: await this.#storage.getAlarm(),
      now: Date.now(),
    };
  }

  #note(entry: string): void {
    this.ctx.storage.sql.exec("INSERT INTO journal (entry) VALUES (?)", entry);
  }

  async #wait({ payload, signal }: ClaimedAs<string, { ms: number; deaf?: boolean }>) {
    this.#note(`wait ${payload.ms}`);
    await new Promise<void>((resolve, reject) => {
      setTimeout(resolve, payload.ms);
      if (payload.deaf !== true) signal.addEventListener("abort", () => reject(signal.reason));
    });
    this.#note(`waited ${payload.ms}`);
  }
}

export default {
  fetch(request: Request, env: { readonly Shop: DurableObjectNamespace }) {
    const name = new URL(request.url).pathname;
    return env.Shop.get(env.Shop.idFromName(name)).fetch(request);
  },
};
