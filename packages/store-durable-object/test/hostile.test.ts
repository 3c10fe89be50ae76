import { openDurableObjectStore } from "@turno/store-durable-object";
import { expect, it } from "vitest";

const spring = (): never => {
  throw new Error("a trap has sprung");
};

it.each([null, undefined, 5, "storage", {}, { setAlarm: 1 }, new Proxy({}, { has: spring })])(
  "what is no storage is refused: case %#",
  (storage) => {
    expect(() => openDurableObjectStore(storage as never)).toThrow(
      /^openDurableObjectStore takes the storage of a Durable Object/,
    );
  },
);

it.each([
  null,
  5,
  new Map(),
  { tables: "x" },
  { table: "x'; DROP TABLE y" },
  { table: null },
  { random: 5 },
])("options that are none are refused before the storage is touched: %o", (options) => {
  const storage = { setAlarm: spring, transactionSync: spring, sql: { exec: spring } };
  expect(() => openDurableObjectStore(storage as never, options as never)).toThrow(
    /^(options must|there is no option|table must|random must)/,
  );
});
