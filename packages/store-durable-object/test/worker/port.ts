// Single calls of the port and the store, each in an object of its own, which answers with what came of it.
import { DurableObject } from "cloudflare:workers";
import { newJob, Queue } from "@turno/core";
import { openDurableObjectStore } from "@turno/store-durable-object";
import { objectPort } from "../../src/object-port.ts";

const NOW = 1_000_000;

/** By name what is tried; what throws is told by its code, or its class, and its words. */
const TRIALS = {
  async promiseInTransaction(storage) {
    const port = objectPort(storage);
    port.prepare("CREATE TABLE t (x)").run();
    const insert = port.prepare("INSERT INTO t VALUES (1)");
    const thrown = toldOf(() => port.immediately(async () => insert.run()));
    return [thrown, port.prepare("SELECT count(*) AS rows FROM t").get()];
  },
  async throwInTransaction(storage) {
    const port = objectPort(storage);
    port.prepare("CREATE TABLE t (x)").run();
    const thrown = toldOf(() =>
      port.immediately(() => {
        port.immediately(() => port.prepare("INSERT INTO t VALUES (1)").run());
        throw new RangeError("of the work's own");
      }),
    );
    return [thrown, port.prepare("SELECT count(*) AS rows FROM t").get()];
  },
  async throwInInnerTransaction(storage) {
    const port = objectPort(storage);
    port.prepare("CREATE TABLE t (x)").run();
    const insert = port.prepare("INSERT INTO t VALUES (?)");
    const thrown = port.immediately(() => {
      insert.run(1);
      const inner = toldOf(() =>
        port.immediately(() => {
          insert.run(2);
          throw new RangeError("of the inner work");
        }),
      );
      insert.run(3);
      return inner;
    });
    return [thrown, port.prepare("SELECT x FROM t").all()];
  },
  async tooLarge(storage) {
    const store = openDurableObjectStore(storage);
    const add = [job("a", '"x"'), job("a", `"${"é".repeat(1_000_000)}"`)];
    const thrown = toldOf(() => store.commit({ now: NOW, add }));
    return [thrown, store.counts()];
  },
  async largest(storage) {
    const queue = new Queue({ store: openDurableObjectStore(storage) });
    const payload = "é".repeat(524_287);
    const { id } = await queue.enqueue("a", payload);
    const found = await queue.get(id);
    return found?.payload === payload;
  },
  async longestKeys(storage) {
    const queue = new Queue({ store: openDurableObjectStore(storage) });
    const type = "語".repeat(255);
    const items = Array.from({ length: 3_000 }, (_, at) => {
      return { type, payload: null, uniqueKey: `${"鍵".repeat(250)}${at}` };
    });
    await queue.enqueueMany(items);
    const again = await queue.enqueueMany(items);
    return [await queue.counts(), again.filter(({ added }) => added).length];
  },
  async manyTypes(storage) {
    const store = openDurableObjectStore(storage);
    const types = Array.from({ length: 70 }, (_, at) => `type ${at}`);
    const add = types.map((type, at) => ({ ...job(type, "1"), priority: (at * 37) % 70 }));
    store.commit({ now: NOW, add });
    const worker = store.join({ leaseMs: 30_000 });
    const claims = [types, types.slice(0, 5), undefined].map((types) => {
      return store.commit({ now: NOW, claim: { worker, types, limit: 7 } }).claimed;
    });
    return claims.map((claimed) => claimed.map(({ priority }) => priority));
  },
  async emptied(storage) {
    const store = openDurableObjectStore(storage);
    await storage.deleteAll();
    return [toldOf(() => store.commit({ now: NOW, add: [job("a", "1")] }))];
  },
  async closed(storage) {
    const store = openDurableObjectStore(storage);
    store.close();
    return [toldOf(() => store.counts())];
  },
  async newer(storage) {
    openDurableObjectStore(storage).close();
    storage.sql.exec("UPDATE turno_meta SET value = 1000 WHERE key = 'schema'");
    return [toldOf(() => openDurableObjectStore(storage))];
  },
  async noStorage() {
    return [toldOf(() => openDurableObjectStore({} as never))];
  },
  async options(storage) {
    const store = openDurableObjectStore(storage);
    const wrong = [{ claimMs: 5 }, { claimMs: 600_000, graceMs: 600_000 }, { claimsMs: 1 }];
    const tell = (options: object) => told(store.atAlarm(() => never(), options as never));
    return await Promise.all(wrong.map(tell));
  },
  async heart(storage) {
    const store = openDurableObjectStore(storage);
    const worker = store.join({ leaseMs: 30_000 });
    const [before] = store.workers();
    const reply = await new Promise((onReply, onError) => {
      store.heart(worker, { everyMs: 10, onReply, onError });
    });
    const [after] = store.workers();
    const leftAt = [before, after].map((it) => store.leave(worker, it?.beat));
    return [reply, [before?.beat, after?.beat], leftAt];
  },
} satisfies Readonly<Record<string, (storage: DurableObjectStorage) => Promise<unknown>>>;

export class Port extends DurableObject {
  override async fetch(request: Request): Promise<Response> {
    const trial: keyof typeof TRIALS = await request.json();
    return Response.json(await TRIALS[trial](this.ctx.storage));
  }
}

export default {
  fetch(request: Request, env: { readonly Port: DurableObjectNamespace }) {
    return env.Port.get(env.Port.newUniqueId()).fetch(request);
  },
};

function job(type: string, payload: string) {
  return newJob(type, payload, {}, {}, NOW);
}

function toldOf(work: () => unknown): string {
  try {
    return `gave ${String(work())}`;
  } catch (error) {
    return wordsOf(error);
  }
}

function told(work: Promise<unknown>): Promise<string> {
  return work.then((value) => `gave ${String(value)}`, wordsOf);
}

function wordsOf(error: unknown): string {
  const { code, name, message } = error as Error & { readonly code?: string };
  return `${code ?? name}: ${message}`;
}

function never(): never {
  throw new Error("this is not called");
}
