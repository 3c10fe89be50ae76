import { beforeEach, expect, it } from "vitest";
import { InWorkerd } from "../../../scripts/in-workerd.ts";

const place = new InWorkerd({
  entry: new URL("worker/port.ts", import.meta.url),
  objects: ["Port"],
});
beforeEach((context) => place.need(context));

const comesOf = <Answer>(trial: string) => place.ask<Answer>("/", trial);

it("work inside other work that throws is undone alone", async () => {
  expect(await comesOf("throwInInnerTransaction")).toEqual([
    "RangeError: of the inner work",
    [{ x: 1 }, { x: 3 }],
  ]);
});

it("async work in a transaction is refused, and undone", async () => {
  expect(await comesOf("promiseInTransaction")).toEqual([
    expect.stringMatching(/^TypeError: work in a transaction must not be async/),
    { rows: 0 },
  ]);
});

it("what work in a transaction throws undoes it, and comes through as it is", async () => {
  expect(await comesOf("throwInTransaction")).toEqual([
    "RangeError: of the work's own",
    { rows: 0 },
  ]);
});

it("a row that the platform would not keep is refused before anything is stored", async () => {
  expect(await comesOf("tooLarge")).toEqual([
    expect.stringMatching(
      /^PayloadTooLarge: a row of 2000002 bytes .* put what is large elsewhere/,
    ),
    expect.objectContaining({ pending: 0 }),
  ]);
});

it("the largest payload that a queue takes is kept", async () => {
  expect(await comesOf("largest")).toBe(true);
});

it("thousands of the longest keys are no text that would be too long", async () => {
  expect(await comesOf("longestKeys")).toEqual([expect.objectContaining({ pending: 3_000 }), 0]);
});

it("a claim among more types than a statement may name finds the first of them all", async () => {
  expect(await comesOf("manyTypes")).toEqual([
    [69, 68, 67, 66, 65, 64, 63],
    [41, 37, 8, 4, 0],
    [62, 61, 60, 59, 58, 57, 56],
  ]);
});

it.each([
  ["emptied", /^StoreReplaced: the queue's tables are gone .*deleteAll/],
  ["closed", /^StoreClosed: /],
  ["newer", /^StoreNewer: .*update Turno/],
  ["noStorage", /^TypeError: openDurableObjectStore takes .*this\.ctx\.storage/],
] as const)("a store that is %s says so", async (trial, words) => {
  expect(await comesOf(trial)).toEqual([expect.stringMatching(words)]);
});

it("what an alarm cannot keep to is refused", async () => {
  expect(await comesOf("options")).toEqual([
    expect.stringMatching(/^RangeError: claimMs must be an integer from 1000 to 840000, but is 5/),
    expect.stringMatching(/^RangeError: graceMs must be an integer from 0 to 240000/),
    expect.stringMatching(/there is no option "claimsMs"/),
  ]);
});

it("a heart answers and is seen to beat, though it writes nothing", async () => {
  expect(await comesOf("heart")).toEqual([{ known: true, holds: [] }, [0, 1], [false, true]]);
});
