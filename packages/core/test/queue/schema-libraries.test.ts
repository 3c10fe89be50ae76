import { defineJobs, json, MemoryStore, Queue, SchemaRefused, type Write } from "@turno/core";
import { type as ark } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { fresh } from "../fresh.ts";
import { outcomeOf } from "../outcome-of.ts";

const toDate = (text: string) => new Date(text);

/** The same in each library: `at` is transformed, `tries` has a default; a result's `doneAt` is transformed. */
const libraries = {
  zod: {
    payload: z.object({
      at: z.iso.date().transform(toDate),
      tries: z.number().int().default(3),
      to: z.array(z.object({ mail: z.string() })),
    }),
    result: z.object({ doneAt: z.iso.date().transform(toDate) }),
  },
  valibot: {
    payload: v.object({
      at: v.pipe(v.string(), v.isoDate(), v.transform(toDate)),
      tries: v.optional(v.pipe(v.number(), v.integer()), 3),
      to: v.array(v.object({ mail: v.string() })),
    }),
    result: v.object({ doneAt: v.pipe(v.string(), v.isoDate(), v.transform(toDate)) }),
  },
  arktype: {
    payload: ark({
      at: "string.date.parse",
      tries: "number.integer = 3",
      to: [{ mail: "string" }, "[]"],
    }),
    result: ark({ doneAt: "string.date.parse" }),
  },
};

const input = { at: "2026-01-02", to: [{ mail: "ana" }] };
const output = { at: toDate("2026-01-02"), tries: 3, to: [{ mail: "ana" }] };

// Each library by itself, as a user has it: their types are as different as their schemas.
describe.each(Object.keys(libraries) as (keyof typeof libraries)[])("with %s", (library) => {
  const jobs = defineJobs({ remind: libraries[library] });

  it("what is stored is the input, and the handler gets the output", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("remind", input);
    const seen: unknown[] = [];
    queue.work({
      remind: ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<{ at: Date; tries: number; to: { mail: string }[] }>();
        seen.push(payload);
        return { doneAt: "2026-01-03" };
      },
    });
    await clock.until(() => seen.length > 0);
    expect(seen).toEqual([output]);
    expect((await queue.get(id))?.payload).toEqual(input);
  });

  it("the handler gives the result's input, and result gives its output", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("remind", input);
    queue.work({ remind: async () => ({ doneAt: "2026-01-03" }) });
    const result = queue.result(id);
    let isThere = false;
    void result.then(() => (isThere = true));
    await clock.until(() => isThere);
    expectTypeOf(await result).toEqualTypeOf<{ doneAt: Date }>();
    expect(await result).toEqual({ doneAt: toDate("2026-01-03") });
    expect(await queue.get(id)).toMatchObject({ result: { doneAt: "2026-01-03" } });
  });

  it("a payload that does not fit is refused with the issues and their paths", async () => {
    const { queue } = fresh({ jobs });
    const refused = await outcomeOf(
      queue.enqueue("remind", { at: "2026-01-02", to: [{ mail: 5 as never }] }),
    );
    expect(refused).toBeInstanceOf(SchemaRefused);
    expect(pathsOf(refused)).toEqual([["to", 0, "mail"]]);
    expect((refused as SchemaRefused).message).toMatch(/^payload\.to\[0\]\.mail: /);
    expect((await queue.list()).jobs).toEqual([]);
  });

  it("a stored job that no longer fits ends dead with the issues, in a worker and in an own loop", async () => {
    const { queue, memory, clock } = fresh({ jobs });
    const before = fresh({ memory, clock }).queue;
    const { id } = await before.enqueue("remind", { at: "2026-01-02", to: "ana" });
    const errors: unknown[] = [];
    const worker = queue.work({ remind: () => ({ doneAt: "never called" }) });
    worker.on("dead", ({ error }) => errors.push(error));
    await clock.until(() => errors.length > 0);
    await worker.stop();
    expect(pathsOf(errors[0])).toEqual([["to"]]);
    expect((await queue.get(id))?.failures).toMatchObject([
      { name: "SchemaRefused", message: expect.stringMatching(/^payload\.to: /) },
    ]);

    const other = await before.enqueue("remind", { at: "noon", to: [] });
    expect(await queue.claim()).toEqual([]);
    expect(await queue.get(other.id)).toMatchObject({
      state: "dead",
      failures: [{ message: expect.stringMatching(/^payload\.at: /) }],
    });
  });

  it("a result that does not fit ends the job dead with the issues", async () => {
    const { queue, clock } = fresh({ jobs });
    const { id } = await queue.enqueue("remind", input);
    const errors: unknown[] = [];
    const worker = queue.work({ remind: () => ({ doneAt: 5 as never }) });
    worker.on("dead", ({ error }) => errors.push(error));
    await clock.until(() => errors.length > 0);
    expect(errors).toMatchObject([{ code: "ResultRefused", cause: { code: "SchemaRefused" } }]);
    expect((await queue.get(id))?.failures.at(-1)?.message).toMatch(/result\.doneAt: /);
  });
});

describe("an asynchronous schema", () => {
  const taken = ["ana"];
  const isFree = async (name: string) => !taken.includes(name);
  const jobs = defineJobs({
    zod: { payload: z.object({ name: z.string().refine(isFree, "is taken") }) },
    valibot: {
      payload: v.objectAsync({ name: v.pipeAsync(v.string(), v.checkAsync(isFree, "is taken")) }),
    },
    plain: { payload: json<{ name: string }>() },
  });

  class TransactionalStore extends MemoryStore {
    within(_transaction: object) {
      return { commit: (write: Write) => this.commit(write) };
    }
  }

  it.each(["zod", "valibot"] as const)("of %s is awaited by enqueue", async (type) => {
    const { queue } = fresh({ jobs });
    await queue.enqueue(type, { name: "ben" });
    const refused = queue.enqueue(type, { name: "ana" });
    await expect(refused).rejects.toThrow(/^payload\.name: is taken$/);
    expect(await queue.claim()).toMatchObject([{ payload: { name: "ben" } }]);
  });

  it.each(["zod", "valibot"] as const)("of %s is refused inside a transaction", (type) => {
    const queue = new Queue({ store: new TransactionalStore(), jobs });
    expect(() => queue.within({}).enqueue(type, { name: "ben" })).toThrow(
      /schema that answers with a promise/,
    );
    expect(queue.within({}).enqueue("plain", { name: "ben" })).toMatchObject({ added: true });
  });
});

/** The paths of the issues, as plain keys. */
function pathsOf(error: unknown): PropertyKey[][] {
  return (error as SchemaRefused).issues.map(({ path = [] }) =>
    Array.from(path, (step) => (typeof step === "object" ? step.key : step)),
  );
}
