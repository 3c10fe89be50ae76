import { beforeEach, describe, expect, it } from "vitest";
import { Process } from "../../src/simulation/process.ts";
import { Timeline } from "../../src/simulation/timeline.ts";

let timeline: Timeline;
let process: Process;
let happened: string[];
let offMs: number;
const note = (what: string) => () => void happened.push(`${timeline.now} ${what}`);
const pass = (ms: number) => timeline.until(() => false, ms, ms);

beforeEach(() => {
  timeline = new Timeline();
  happened = [];
  offMs = 0;
  process = new Process({ timeline, name: "a1", offMs: () => offMs, onHindered: () => {} });
});

describe("a process that is frozen", () => {
  it("does what reaches it when it is thawed, in order", async () => {
    process.clock.setTimeout(note("timer"), 10);
    timeline.plan(20, () => process.enter(note("answer")));
    timeline.plan(30, () => process.enterHeart(note("heart")));
    process.freeze(100);
    await pass(200);
    expect(happened).toEqual(["100 heart", "100 timer", "100 answer"]);
  });

  it("goes on at once when it is woken", async () => {
    process.freeze(1_000);
    process.clock.setTimeout(note("timer"), 10);
    timeline.plan(50, () => process.wakeUp());
    await pass(60);
    expect(happened).toEqual(["50 timer"]);
    expect(process.asleepSince(20)).toEqual({ asleepMs: 30, times: 1 });
  });
});

it("a busy process does nothing but beat", async () => {
  process.keepBusy(100);
  timeline.plan(10, () => process.enter(note("code")));
  timeline.plan(20, () => process.enterHeart(note("heart")));
  await pass(200);
  expect(happened).toEqual(["20 heart", "100 code"]);
});

it("a dead process does nothing any more", async () => {
  process.clock.setTimeout(note("timer"), 10);
  process.clock.soon?.(note("turn"));
  process.die();
  process.enter(note("code"));
  await pass(100);
  expect(happened).toEqual([]);
});

it("a timer that is cleared does not fire, even if it was missed in sleep", async () => {
  const timer = process.clock.setTimeout(note("timer"), 10);
  process.freeze(100);
  await pass(50);
  process.clock.clearTimeout(timer);
  await pass(100);
  expect(happened).toEqual([]);
});

it("its wall clock may be off, and its monotonic clock is not", () => {
  const before = process.clock.now();
  offMs = -5_000;
  expect(process.clock.now() - before).toBe(-5_000);
  expect(process.clock.monotonic()).toBe(0);
});
