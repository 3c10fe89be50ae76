import { defineJobs, json } from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";
import { asyncSchema, schema } from "../schema.ts";
import { unhandledDuring } from "../unhandled-during.ts";

const jobs = defineJobs({
  mail: { payload: json<{ to: string }>() },
  nightly: {},
  checked: { payload: schema<{ to: string }>(needsTo) },
  slow: { payload: asyncSchema<{ to: string }>(needsTo) },
});

function needsTo(value: { to?: unknown }) {
  return typeof value.to === "string"
    ? { value: value as { to: string } }
    : { issues: [{ message: "expected text", path: ["to"] }] };
}

describe("enqueueMany", () => {
  it("answers in the order of the jobs, and stores them in that order", async () => {
    const { queue } = fresh({ jobs });
    const answers = await queue.enqueueMany([
      { type: "mail", payload: { to: "ana" } },
      { type: "nightly", priority: 4 },
      { type: "mail", payload: { to: "bo" }, delayMs: 10 },
    ]);
    const stored = await Promise.all(answers.map(({ id }) => queue.get(id)));
    expect(stored.map((job) => [job?.type, job?.payload, job?.priority, job?.seq])).toEqual([
      ["mail", { to: "ana" }, 0, 1],
      ["nightly", null, 4, 2],
      ["mail", { to: "bo" }, 0, 3],
    ]);
  });

  it("does nothing for no jobs", async () => {
    const { queue } = fresh({ jobs });
    expect(await queue.enqueueMany([])).toEqual([]);
  });

  it.each([
    [{ type: "mail", payload: { to: 1n } }, /^jobs\[3\]\.payload\.to is a BigInt/, TypeError],
    [{ type: "mail" }, /^jobs\[3\]\.payload is undefined/, TypeError],
    [{ type: "nightly", priority: 0.5 }, /^jobs\[3\]: priority .* 0\.5/, RangeError],
    [{ type: "nightly", priorty: 1 }, /^jobs\[3\]: there is no option "priorty"/, TypeError],
    [{ type: "nope" }, /^jobs\[3\]: there is no type "nope"/, TypeError],
    [{ payload: 1 }, /^jobs\[3\]: type must be a string, but is undefined/, TypeError],
    [null, /^jobs\[3\]: must be an object, but is null/, TypeError],
    [{ type: "checked", payload: { to: 5 } }, /^jobs\[3\]\.payload\.to: expected text$/, TypeError],
    [{ type: "slow", payload: { to: 5 } }, /^jobs\[3\]\.payload\.to: expected text$/, TypeError],
  ])("refuses all for one that is wrong, %o, and names it", async (wrong, message, Kind) => {
    const { queue } = fresh({ jobs });
    const good = { type: "nightly" } as const;
    const refused = queue.enqueueMany([good, good, good, wrong as never, good]);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(Kind);
    expect(await queue.summary()).toContain("pending 0,");
  });

  it("tells what a schema found as enqueue does, with its code and issues", async () => {
    const { queue } = fresh({ jobs });
    const items = [{ type: "checked", payload: { to: 5 as never } }] as const;
    await expect(queue.enqueueMany(items)).rejects.toMatchObject({
      code: "SchemaRefused",
      issues: [{ message: "expected text" }],
    });
  });

  it("names the first that is wrong, whichever schema answers first", async () => {
    const { queue } = fresh({ jobs });
    const wrong = { to: 5 as never };
    await expect(
      queue.enqueueMany([
        { type: "slow", payload: wrong },
        { type: "checked", payload: wrong },
      ]),
    ).rejects.toThrow(/^jobs\[0\]/);
  });

  it("leaves no rejection unhandled where several are wrong", async () => {
    const { queue } = fresh({ jobs });
    const unhandled = await unhandledDuring(async () => {
      const refused = queue.enqueueMany([
        { type: "slow", payload: { to: 5 as never } },
        { type: "nightly", priority: 0.5 },
      ]);
      await expect(refused).rejects.toThrow(/^jobs\[/);
    });
    expect(unhandled).toEqual([]);
  });

  it("refuses what is no array", async () => {
    const { queue } = fresh({ jobs });
    await expect(queue.enqueueMany("mail" as never)).rejects.toThrow(
      /enqueueMany takes an array of jobs, but got "mail"/,
    );
  });

  it("gives a key once, also within one call", async () => {
    const { queue } = fresh({ jobs });
    const first = await queue.enqueue("nightly", undefined, { uniqueKey: "a" });
    const answers = await queue.enqueueMany([
      { type: "nightly", uniqueKey: "b" },
      { type: "nightly", uniqueKey: "a" },
      { type: "nightly", uniqueKey: "b" },
      { type: "nightly" },
    ]);
    expect(answers.map(({ added }) => added)).toEqual([true, false, false, true]);
    expect(answers[1]?.id).toBe(first.id);
    expect(answers[2]?.id).toBe(answers[0]?.id);
    expect(await queue.summary()).toContain("pending 3,");
  });

  it("stores more than a group's worth in one transaction", async () => {
    const commits: number[] = [];
    const { queue } = fresh({
      jobs,
      between: (method, call, write: { add: unknown[] }) => {
        if (method === "commit") commits.push(write.add.length);
        return call();
      },
    });
    const answers = await queue.enqueueMany(
      Array.from({ length: 2_500 }, () => ({ type: "nightly" as const })),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2_500);
    expect(commits).toEqual([2_500]);
  });
});
