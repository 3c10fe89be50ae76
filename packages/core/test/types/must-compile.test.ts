import {
  type ClaimedJob,
  defineJobs,
  type Handler,
  type Handlers,
  type JobDefinitions,
  type JobId,
  json,
  MemoryStore,
  type Producer,
  Queue,
  type Settled,
  type Store,
  type Worker,
  type Write,
} from "@turno/core";
import { type as ark } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";

const jobs = defineJobs({
  thumbnail: { payload: json<{ file: string }>(), result: json<{ width: number }>() },
  zod: {
    payload: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }),
    result: z.object({ tries: z.number().default(1) }),
  },
  valibot: {
    payload: v.object({
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
    }),
  },
  arktype: { payload: ark({ at: "string.date.parse", tries: "number = 1" }) },
  nightly: { backoff: (attempt) => attempt * 1_000 },
});
type Jobs = typeof jobs;

class TransactionalStore extends MemoryStore {
  within(_transaction: { readonly begun: boolean }) {
    return { commit: (write: Write) => this.commit(write) };
  }
}

class AsyncStore extends MemoryStore {
  within(_client: { query(sql: string): Promise<void> }) {
    return { commit: async (write: Write) => this.commit(write) };
  }
}

/** Only to be type-checked. */
function unrun(_code: () => unknown): void {}

declare const queue: Queue<Jobs>;
declare const worker: Worker<Jobs>;

describe("enqueue", () => {
  it("takes a schema's input, and gives an id of the type", () => {
    unrun(async () => {
      await queue.enqueue("zod", { at: "2026-01-01T00:00:00Z" }, { delayMs: 5 });
      await queue.enqueue("arktype", { at: "2026-01-01" });
      await queue.enqueue("nightly");
      await queue.enqueue("nightly", null, { runAt: new Date() });
      const { id } = await queue.enqueue("valibot", { at: "2026-01-01" });
      expectTypeOf(id).toEqualTypeOf<JobId<"valibot">>();
      await queue.enqueueMany([{ type: "nightly" }, { type: "thumbnail", payload: { file: "a" } }]);
    });
  });

  it("takes anything where nothing is known of the types", () => {
    unrun(async () => {
      const open = new Queue({ store: new MemoryStore() });
      await open.enqueue("mail");
      const { id } = await open.enqueue("mail", { to: "ana" }, { priority: 5 });
      expectTypeOf((await open.get(id))?.payload).toEqualTypeOf<unknown>();
    });
  });
});

describe("handlers", () => {
  it("get a schema's output and give its input", () => {
    expectTypeOf<ClaimedJob<Jobs, "zod">["payload"]>().toEqualTypeOf<{ at: Date }>();
    expectTypeOf<ClaimedJob<Jobs, "valibot">["payload"]>().toEqualTypeOf<{ at: Date }>();
    expectTypeOf<ClaimedJob<Jobs, "arktype">["payload"]>().toEqualTypeOf<{
      at: Date;
      tries: number;
    }>();
    expectTypeOf<ClaimedJob<Jobs, "nightly">["payload"]>().toEqualTypeOf<null>();
    unrun(() => queue.work({ zod: () => ({}), thumbnail: async () => ({ width: 1 }) }));
  });

  it("may be some or all, by themselves or together, and return anything where no result is kept", () => {
    const thumbnail: Handler<Jobs, "thumbnail"> = ({ payload }) => ({ width: payload.file.length });
    const all = {
      thumbnail,
      zod: async ({ payload }) => ({ tries: payload.at.getTime() }),
      valibot: () => {},
      arktype: ({ payload }) => payload.tries,
      nightly: async () => "done",
    } satisfies Handlers<Jobs>;
    const some: Partial<Handlers<Jobs>> = { thumbnail };
    unrun(() => [queue.work(all), queue.work(some), queue.work({ thumbnail })]);
  });

  it("may return what settling their job gave", () => {
    unrun(() => {
      const settling = new Queue({ store: new TransactionalStore(), jobs });
      const transaction = <R>(work: () => R) => work;
      settling.work({
        thumbnail: (job) =>
          transaction(() => settling.within({ begun: true }).complete(job, { width: 1 }))(),
        zod: async (job) => settling.snooze(job, { delayMs: 5 }),
        nightly: (job) => settling.complete(job),
      });
    });
  });
});

describe("what a queue tells", () => {
  it("is typed by the id", () => {
    unrun(async () => {
      const { id } = await queue.enqueue("zod", { at: "2026-01-01T00:00:00Z" });
      expectTypeOf(await queue.result(id)).toEqualTypeOf<{ tries: number }>();
      const job = await queue.get(id);
      expectTypeOf(job?.payload).toEqualTypeOf<{ at: string } | undefined>();
      if (job?.state === "completed")
        expectTypeOf(job.result).toEqualTypeOf<{ tries?: number | undefined }>();
      const nightly = await queue.enqueue("nightly");
      expectTypeOf(await queue.result(nightly.id)).toEqualTypeOf<undefined>();
    });
  });

  it("is the union of the types where the id is a plain string, and in a list", () => {
    unrun(async () => {
      const found = await queue.get("0190…");
      expectTypeOf(found?.type).toEqualTypeOf<keyof Jobs | undefined>();
      const { jobs: page } = await queue.list({ types: ["zod"] });
      for (const job of page) {
        if (job.type === "thumbnail") expectTypeOf(job.payload).toEqualTypeOf<{ file: string }>();
      }
    });
  });

  it("is narrowed in events by the job's type", () => {
    unrun(() => {
      worker.on("started", ({ job }) => {
        if (job.type === "zod") expectTypeOf(job.payload).toEqualTypeOf<{ at: Date }>();
      });
      worker.on("completed", ({ job }) => {
        expectTypeOf(job.state).toEqualTypeOf<"completed">();
        if (job.type !== "thumbnail") return;
        expectTypeOf(job.payload).toEqualTypeOf<{ file: string }>();
        expectTypeOf(job.result).toEqualTypeOf<{ width: number }>();
      });
      worker.on("lost", ({ type }) => expectTypeOf(type).toEqualTypeOf<keyof Jobs>());
    });
  });
});

describe("a loop of one's own", () => {
  it("claims jobs of the types it asks for, and completes them with their results", () => {
    unrun(async () => {
      for (const job of await queue.claim({ types: ["thumbnail"] })) {
        expectTypeOf(job.payload).toEqualTypeOf<{ file: string }>();
        expectTypeOf(await queue.complete(job, { width: 1 })).toEqualTypeOf<Settled>();
      }
      for (const job of await queue.claim()) {
        if (job.type === "zod") await queue.complete(job, {});
        else if (job.type === "thumbnail") await queue.complete(job, { width: 1 });
        else await queue.complete(job);
      }
    });
  });

  it("completes a job of several types where one result fits them all", () => {
    const counting = defineJobs({
      rows: { result: json<number>() },
      files: { result: json<number>() },
    });
    unrun(async () => {
      const counts = new Queue({ store: new MemoryStore(), jobs: counting });
      for (const job of await counts.claim()) await counts.complete(job, 5);
    });
  });
});

describe("within", () => {
  it("gives plain values or promises, as the store does", () => {
    unrun(() => {
      const plain = new Queue({ store: new TransactionalStore(), jobs });
      expectTypeOf(plain.within({ begun: true }).enqueue("nightly").added).toEqualTypeOf<boolean>();
      const promised = new Queue({ store: new AsyncStore(), jobs });
      const client = { query: async () => {} };
      expectTypeOf(promised.within(client).enqueueMany([])).resolves.toBeArray();
    });
  });

  it("is there or not by the store", () => {
    expectTypeOf<Queue<Jobs, TransactionalStore>>().toHaveProperty("within");
    expectTypeOf<Queue<Jobs, MemoryStore>>().not.toHaveProperty("within");
    expectTypeOf<Queue<Jobs, Store>>().not.toHaveProperty("within");
    expectTypeOf<Queue<Jobs>>().not.toHaveProperty("within");
    expectTypeOf<Queue>().not.toHaveProperty("within");
    expectTypeOf<Queue<Jobs, TransactionalStore | MemoryStore>>().not.toHaveProperty("within");
  });
});

describe("a queue", () => {
  it("is a producer of its types, and of fewer", () => {
    const few = defineJobs({ thumbnail: jobs.thumbnail });
    expectTypeOf<Queue<Jobs>>().toExtend<Producer<Jobs>>();
    expectTypeOf<Queue<Jobs>>().toExtend<Producer<typeof few>>();
    expectTypeOf<Queue<Jobs, TransactionalStore>>().toExtend<Producer<typeof few>>();
    expectTypeOf<Producer<Jobs>>().toExtend<Producer<typeof few>>();
    expectTypeOf<Queue<Jobs, TransactionalStore>>().toExtend<Queue<Jobs>>();
  });

  it("is a class, to extend and to ask instanceof of", () => {
    class Mailer extends Queue<Jobs, TransactionalStore> {
      sendAll() {
        return this.within({ begun: true }).enqueueMany([{ type: "nightly" }]);
      }
    }
    const mailer = new Mailer({ store: new TransactionalStore(), jobs });
    const something: unknown = mailer;
    expect(something instanceof Queue && something.close).toBeTypeOf("function");
    expect(mailer.sendAll()).toMatchObject([{ added: true }]);
    expectTypeOf(mailer).toExtend<Queue<Jobs>>();
  });

  it("may be passed on by code that knows neither its types nor its store", () => {
    const open = <D extends JobDefinitions, S extends Store>(store: S, definitions: D) =>
      new Queue({ store, jobs: definitions });
    expectTypeOf(open(new MemoryStore(), jobs)).toEqualTypeOf<Queue<Jobs, MemoryStore>>();
    const close = <D extends JobDefinitions>(one: Queue<D>) => one.close();
    expectTypeOf(close<Jobs>)
      .parameter(0)
      .toEqualTypeOf<Queue<Jobs>>();
  });
});
