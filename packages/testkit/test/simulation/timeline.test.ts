import { expect, it } from "vitest";
import { Timeline } from "../../src/simulation/timeline.ts";

it("things happen in order, each at its moment, and what has the same moment as it was planned", async () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  const note = (what: string) => () => void happened.push(`${timeline.now} ${what}`);
  for (const [inMs, what] of [
    [30, "c"],
    [10, "a"],
    [30, "d"],
    [20, "b"],
    [50, "too late"],
  ] as const)
    timeline.plan(inMs, note(what));
  await passing(timeline, 40);
  expect(happened).toEqual(["10 a", "20 b", "30 c", "30 d"]);
  expect(timeline.now).toBe(40);
});

it("what a happening sets off is over before the next, its promise included", async () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  timeline.plan(1, async () => {
    for (let step = 0; step < 20; step++) await Promise.resolve();
    await new Promise((resolve) => void setTimeout(resolve, 1));
    happened.push("first");
  });
  timeline.plan(1, () => {
    void (async () => {
      for (let step = 0; step < 20; step++) await Promise.resolve();
      happened.push("second");
    })();
  });
  timeline.plan(1, () => void happened.push("third"));
  await passing(timeline, 1);
  expect(happened).toEqual(["first", "second", "third"]);
});

it("what is called off does not happen", async () => {
  const timeline = new Timeline();
  let happened = false;
  const plan = timeline.plan(1, () => void (happened = true));
  plan.happen = undefined;
  await passing(timeline, 2);
  expect(happened).toBe(false);
});

it("what goes on without time is stopped", async () => {
  const timeline = new Timeline();
  const again = () => void timeline.plan(0, again);
  timeline.plan(5, again);
  await expect(passing(timeline, 10)).rejects.toThrow("more than 100000 things happen at 5 ms");
});

it("until ends when its condition holds, or its time is over", async () => {
  const timeline = new Timeline();
  timeline.plan(25, () => {});
  expect(await timeline.until(() => timeline.now >= 20, 1_000, 10)).toBe(true);
  expect(timeline.now).toBe(20);
  expect(await timeline.until(() => false, 100, 30)).toBe(false);
  expect(timeline.now).toBe(120);
});

/** Lets so many milliseconds pass. */
async function passing(timeline: Timeline, ms: number): Promise<void> {
  let isOver = false;
  await timeline.play(() => {
    if (isOver) return undefined;
    isOver = true;
    return ms;
  });
}
