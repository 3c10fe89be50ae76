// Code that must not compile. Each paragraph below the line is a misuse, named by its comment; what TypeScript says of
// it stands in must-not-compile.txt, and must-not-compile.test.ts holds it to that.
import {
  defineJobs,
  type Handler,
  type Handlers,
  type JobId,
  json,
  MemoryStore,
  type Producer,
  Queue,
  type Store,
  type Write,
} from "@turno/core";
import { type as ark } from "arktype";
import * as v from "valibot";
import { z } from "zod";

const jobs = defineJobs({
  "send-mail": { payload: json<{ to: string; subject?: string }>(), maxAttempts: 5 },
  thumbnail: { payload: json<{ file: string }>(), result: json<{ width: number }>() },
  resize: {
    payload: z.object({ file: z.string(), at: z.string().transform((text) => new Date(text)) }),
    result: z.number(),
  },
  nightly: {},
});
type Jobs = typeof jobs;

class TransactionalStore extends MemoryStore {
  within(_transaction: { readonly begun: boolean }) {
    return { commit: (write: Write) => this.commit(write) };
  }
}

const queue = new Queue({ store: new TransactionalStore(), jobs });
declare const mailId: JobId<"send-mail">;
declare const thumbnailId: JobId<"thumbnail">;

// ---

// A type that does not exist
await queue.enqueue("thumbnial", { file: "a.png" });

// A payload of another type
await queue.enqueue("thumbnail", { to: "ana@example.org" });

// A property of the wrong type in a payload
await queue.enqueue("thumbnail", { file: 5 });

// No payload where the type has one
await queue.enqueue("thumbnail");

// A payload where the type has none
await queue.enqueue("nightly", { file: "a.png" });

// A misspelt option
await queue.enqueue("nightly", null, { delay: 5 });

// Two times for one job
await queue.enqueue("nightly", null, { delayMs: 5, runAt: Date.now() });

// The output of a schema in place of its input
await queue.enqueue("resize", { file: "a.png", at: new Date() });

// One of many with the payload of another type
await queue.enqueueMany([{ type: "nightly" }, { type: "thumbnail", payload: { to: "ana" } }]);

// One of many without its payload
await queue.enqueueMany([{ type: "thumbnail" }]);

// A handler for a type that does not exist
queue.work({ thumbnial: () => ({ width: 1 }) });

// A handler that returns the wrong result
queue.work({ thumbnail: () => ({ height: 1 }) });

// A handler that returns no result
queue.work({ thumbnail: () => {} });

// An async handler that returns no result
queue.work({ thumbnail: async () => {} });

// A handler that reads what is not in the payload
queue.work({ thumbnail: ({ payload }) => ({ width: payload.path.length }) });

// A handler that takes the input of a schema for its output
queue.work({ resize: ({ payload }) => payload.at.length });

// A handler written for another type
const sendMail: Handler<Jobs, "send-mail"> = async ({ payload }) => console.log(payload.to);
queue.work({ thumbnail: sendMail });

// A handler by itself that returns the wrong result
const thumbnail: Handler<Jobs, "thumbnail"> = ({ payload }) => payload.file;

// A handler for a type that the jobs do not have
const other: Handler<Jobs, "thumbnial"> = () => {};

// A handler that is missing where all are demanded
const handlers = { "send-mail": () => {}, nightly: () => {} } satisfies Handlers<Jobs>;

// A limit for a type that does not exist
queue.work({ nightly: () => {} }, { concurrencyOf: { nihgtly: 1 } });

// A misspelt option of a worker
queue.work({ nightly: () => {} }, { concurency: 1 });

// An event that does not exist
queue.work({ nightly: () => {} }).on("complete", () => {});

// The result in an event whose job was not narrowed
queue.work({ nightly: () => {} }).on("completed", ({ job }) => job.result.width);

// A result of another type
const { width } = await queue.result(mailId);

// An id of another type
const nightlyId: JobId<"nightly"> = thumbnailId;

// A result that was not awaited
const wide = queue.result(thumbnailId).width;

// A job that was not narrowed to a state with a result
const stored = await queue.get(thumbnailId);
console.log(stored?.result);

// Completing a job that was not narrowed
for (const job of await queue.claim()) await queue.complete(job, { width: 1 });

// Completing with the wrong result
for (const job of await queue.claim({ types: ["thumbnail"] })) await queue.complete(job, 5);

// Completing without the result
for (const job of await queue.claim({ types: ["thumbnail"] })) await queue.complete(job);

// Claiming a type that does not exist
await queue.claim({ types: ["thumbnial"] });

// Completing a job that was not claimed
const seen = await queue.get(thumbnailId);
if (seen) await queue.complete(seen, { width: 1 });

// Putting a job off without saying until when
for (const job of await queue.claim()) await queue.snooze(job, {});

// Pausing a type that does not exist
await queue.pause("thumbnial");

// A queue of more types, where a Producer would do
const few = defineJobs({ nightly: {} });
const smaller: Queue<typeof few> = queue;

// A producer of fewer types handed to code that wants more
declare const nights: Producer<typeof few>;
const mails: Producer<Jobs> = nights;

// A payload that is not the producer's
await nights.enqueue("nightly", { at: 5 });

// A transaction with a store that takes none
new Queue({ store: new MemoryStore(), jobs }).within({});

// A transaction with any store
declare const anyStore: Store;
new Queue({ store: anyStore, jobs }).within({});

// Something else than a transaction of the store
queue.within("begin");

// Completing within a transaction with the wrong result
queue.work({ thumbnail: (job) => queue.within({ begun: true }).complete(job, 5) });

// A Date in a payload
defineJobs({ remind: { payload: json<{ at: Date }>() } });

// A Date in a schema of zod
defineJobs({ remind: { payload: z.object({ at: z.date() }) } });

// A Map in a schema of valibot
defineJobs({ index: { payload: v.object({ words: v.map(v.string(), v.number()) }) } });

// A bigint in a schema of arktype
defineJobs({ count: { payload: ark({ n: "bigint" }) } });

// A class in a result
class Money {
  cents = 0;
  plus({ cents }: Money) {
    return this.cents + cents;
  }
}
defineJobs({ pay: { result: json<{ total: Money }>() } });

// A payload that may be undefined
defineJobs({ maybe: { payload: z.string().optional() } });

// A Date under each number in a payload
defineJobs({ dates: { payload: json<Record<number, Date>>() } });

// A function in a payload
defineJobs({ call: { payload: json<{ callback: () => void }>() } });

// undefined in an array
defineJobs({ list: { payload: json<{ items: (string | undefined)[] }>() } });

// A misspelt part of a definition
defineJobs({ nightly: { maxAttempt: 5 } });

// Something else than a schema
defineJobs({ mail: { payload: { to: "string" } } });

// A backoff that does not exist
defineJobs({ mail: { backoff: { kind: "linear" } } });
