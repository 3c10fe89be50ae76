import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

describe("a unique key", () => {
  it("adds one job, and answers the others with its id", async () => {
    const { queue } = fresh();
    const first = await queue.enqueue("mail", 1, { uniqueKey: "k" });
    const second = await queue.enqueue("mail", 2, { uniqueKey: "k", priority: 9 });
    expect([first.added, second.added]).toEqual([true, false]);
    expect(second.id).toBe(first.id);
    expect(await queue.get(first.id)).toMatchObject({ payload: 1, priority: 0, revision: 1 });
  });

  it("is one key, however many ask for it in one turn", async () => {
    const { queue } = fresh();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => queue.enqueue("mail", null, { uniqueKey: "k" })),
    );
    expect(answers.filter(({ added }) => added)).toHaveLength(1);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });

  it("is unique among the jobs of its type", async () => {
    const { queue } = fresh();
    const odd = [
      ["a", "b,c"],
      ["a,b", "c"],
      ['a"', "b"],
      ["a", '"b'],
      ["__proto__", "__proto__"],
      ["other", "__proto__"],
    ] as const;
    for (const [type, uniqueKey] of odd)
      expect(await queue.enqueue(type, null, { uniqueKey })).toMatchObject({ added: true });
  });

  it("is held while its job waits, runs, fails and is put off", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("mail", null, { uniqueKey: "k", delayMs: 5 });
    const isHeld = async () => {
      const { added, id: holder } = await queue.enqueue("mail", null, { uniqueKey: "k" });
      return !added && holder === id;
    };
    expect(await isHeld()).toBe(true);
    await clock.advance(5);
    const [job] = await queue.claim();
    expect(await isHeld()).toBe(true);
    await queue.fail(job!, new Error("x"));
    expect(await isHeld()).toBe(true);
    await queue.retry(id);
    const [again] = await queue.claim();
    await queue.snooze(again!, { delayMs: 1_000 });
    expect(await isHeld()).toBe(true);
  });

  it.each(["complete", "bury", "cancel"])(
    "is free again after %s, and stays readable",
    async (how) => {
      const { queue } = fresh();
      const { id } = await queue.enqueue("mail", null, { uniqueKey: "k", maxAttempts: 1 });
      const [job] = await queue.claim();
      if (how === "complete") await queue.complete(job!);
      if (how === "bury") await queue.fail(job!, "x");
      if (how === "cancel") await queue.cancel(id);
      expect(await queue.get(id)).toMatchObject({ uniqueKey: "k", uniqueUntil: "finished" });
      expect(await queue.enqueue("mail", null, { uniqueKey: "k" })).toMatchObject({ added: true });
    },
  );

  it("until pruned is held by a finished job, and free once that is pruned", async () => {
    const { queue } = fresh();
    const options = { uniqueKey: "k", uniqueUntil: "pruned" } as const;
    const { id } = await queue.enqueue("mail", null, options);
    const [job] = await queue.claim();
    await queue.complete(job!);
    expect(await queue.enqueue("mail", null, options)).toEqual({ id, added: false });
    // The newest job is never pruned.
    await queue.enqueue("mail");
    expect(await queue.prune({ completed: 0 })).toBe(1);
    expect(await queue.enqueue("mail", null, options)).toMatchObject({ added: true });
  });

  it("that another job took meanwhile keeps a finished job from being retried", async () => {
    const { queue } = fresh();
    const first = await queue.enqueue("mail", null, { uniqueKey: "k" });
    await queue.cancel(first.id);
    const second = await queue.enqueue("mail", null, { uniqueKey: "k" });
    const refused = queue.retry(first.id);
    await expect(refused).rejects.toMatchObject({ code: "KeyTaken", holder: second.id });
    await expect(refused).rejects.toThrow(`job ${first.id} cannot have its unique key "k" back`);
    expect(await queue.get(first.id)).toMatchObject({ state: "cancelled", revision: 2 });
    await queue.cancel(second.id);
    expect(await queue.retry(first.id)).toBe(true);
    expect(await queue.enqueue("mail", null, { uniqueKey: "k" })).toMatchObject({ id: first.id });
  });

  it("does not keep the job that holds it until pruned from being retried", async () => {
    const { queue } = fresh();
    const options = { uniqueKey: "k", uniqueUntil: "pruned" } as const;
    const { id } = await queue.enqueue("mail", null, options);
    await queue.cancel(id);
    expect(await queue.retry(id)).toBe(true);
  });
});
