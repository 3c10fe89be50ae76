import { MemoryStore, Queue } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const untyped = () =>
  new Queue({ store: new MemoryStore() }) as never as Record<
    string,
    (...given: unknown[]) => never
  >;

describe("a mistake", () => {
  it("such as a hole among many jobs refuses them all, and does no other harm", async () => {
    const queue = untyped();
    const good = { type: "a", payload: 1 };
    // oxlint-disable-next-line no-sparse-arrays
    await expect(queue["enqueueMany"]?.([good, , good])).rejects.toThrow(/^jobs\[1\]/);
    await expect(queue["counts"]?.()).resolves.toMatchObject({ pending: 0 });
  });

  it.each([null, [], 5])("such as %o for the options of a job is refused", async (options) => {
    await expect(untyped()["enqueue"]?.("a", 1, options)).rejects.toThrow(
      /^options must be an object/,
    );
  });

  it("in the name of an event is refused at once", () => {
    const { queue } = fresh();
    const worker = queue.work({ a: () => {} });
    expect(() => worker.on("complete" as never, () => {})).toThrow(
      /no event "complete"; there are started/,
    );
    expect(() => worker.on("completed", undefined as never)).toThrow(
      /a listener must be a function/,
    );
    expect(() => worker.stop({ grace: 1 } as never)).toThrow(/there is no option "grace"/);
  });

  it.each([5, []])("such as concurrencyOf: %o is refused", (concurrencyOf) => {
    const { queue } = fresh();
    expect(() => queue.work({ a: () => {} }, { concurrencyOf } as never)).toThrow(
      /concurrencyOf|null/,
    );
  });

  it("in the name of a type that is paused is refused where the types are known", async () => {
    const queue = new Queue({ store: new MemoryStore(), jobs: { mail: {} } });
    await expect(queue.pause("mial" as never)).rejects.toThrow(
      /no type "mial" in this queue's jobs; there are mail/,
    );
  });
});
