import { StoreClosed, StoreCorrupt, StoreError } from "@turno/core";
import { type MemoryWasmStore, openWasmStore, type WasmStoreOptions } from "@turno/store-wasm";
import { describe, expect, it, onTestFinished } from "vitest";
import { aJob } from "./a-job.ts";

describe("an image", () => {
  it("holds the jobs, the salt and the workers", async () => {
    const store = await open({ table: "q_", random: () => 0.3 });
    const worker = store.join({ leaseMs: 30_000 });
    store.commit({ now: 1_000, add: [aJob({ uniqueKey: "k" }), aJob()] });
    store.commit({ now: 1_000, claim: { worker, limit: 1 } });
    const copy = await open({ table: "q_", image: store.export() });
    expect(copy.salt).toBe(store.salt);
    expect(copy.get([1, 2])).toEqual(store.get([1, 2]));
    expect(copy.workers()).toEqual(store.workers());
  });

  it("is a copy, and is copied when it is opened", async () => {
    const store = await open();
    const image = store.export();
    const before = image.slice();
    store.commit({ now: 1_000, add: [aJob()] });
    const copy = await open({ image });
    copy.commit({ now: 1_000, add: [aJob(), aJob()] });
    expect(image).toEqual(before);
    expect(store.counts().pending).toBe(1);
    expect(copy.counts().pending).toBe(2);
  });

  it("can be taken at any time, and the store goes on", async () => {
    const store = await open();
    for (let round = 1; round <= 3; round++) {
      store.commit({ now: 1_000, add: [aJob()] });
      expect(store.export().length).toBeGreaterThan(0);
      expect(store.counts().pending).toBe(round);
    }
  });

  it("of a file in WAL mode is opened like any other", async () => {
    const store = await open();
    store.commit({ now: 1_000, add: [aJob()] });
    const image = store.export().fill(2, 18, 20);
    const copy = await open({ image });
    copy.commit({ now: 1_000, add: [aJob()] });
    expect((await open({ image: copy.export() })).counts().pending).toBe(2);
  });

  it.each([
    ["of no bytes", new Uint8Array()],
    ["of other bytes", new TextEncoder().encode("not a database ".repeat(100))],
  ])("%s is refused as corrupt", async (_, image) => {
    await expect(open({ image })).rejects.toThrow(StoreCorrupt);
  });

  it("with damage inside is refused or found corrupt, never taken for an empty queue", async () => {
    const store = await open();
    store.commit({ now: 1_000, add: [aJob({ payload: JSON.stringify("x".repeat(50_000)) })] });
    const image = store.export().fill(0xff, 100, 4_096);
    await expect(open({ image })).rejects.toThrow(StoreCorrupt);
  });

  it("must be bytes", async () => {
    await expect(open({ image: "x" as unknown as Uint8Array })).rejects.toThrow(TypeError);
  });
});

describe("values that sql.js binds as reals", () => {
  it("come back as the integers they were", async () => {
    const store = await open({ random: () => 1 - 2 ** -53 });
    expect(store.salt).toBe(2 ** 34 - 1);
    const job = aJob({
      runAt: 8.64e15,
      createdAt: 8.64e15 - 1,
      ready: false,
      priority: -1_000_000,
    });
    store.commit({ now: 8.64e15, add: [job] });
    expect(store.nextDueAt()).toBe(8.64e15);
    expect(store.get([1])[0]).toMatchObject(job);
    const worker = store.join({ leaseMs: 2 ** 33 });
    expect(store.workers()).toMatchObject([{ leaseMs: 2 ** 33 }]);
    const [claimed] = store.commit({ now: 8.64e15, claim: { worker, limit: 1 } }).claimed;
    expect(store.get([1])).toEqual([claimed]);
  });

  it.each([JSON.stringify("a\0b\ud800"), JSON.stringify("🎟️".repeat(100_000))])(
    "and texts of any kind come back as they were",
    async (payload) => {
      const store = await open();
      store.commit({ now: 1_000, add: [aJob({ payload, uniqueKey: "ключ" })] });
      expect(store.get([1])[0]).toMatchObject({ payload, uniqueKey: "ключ" });
    },
  );
});

describe("a failure", () => {
  it("is a typed error, and rolls the whole commit back", async () => {
    const store = await open();
    const tooMuch = aJob({ priority: "high" as unknown as number });
    expect(() => store.commit({ now: 1_000, add: [aJob(), tooMuch] })).toThrow(StoreError);
    expect(store.counts().pending).toBe(0);
    store.commit({ now: 1_000, add: [aJob()] });
    expect(store.counts().pending).toBe(1);
  });

  it("of a closed store says so", async () => {
    const store = await openWasmStore({ persistence: "memory" });
    store.close();
    store.close();
    expect(() => store.commit({ now: 1_000, add: [aJob()] })).toThrow(StoreClosed);
    expect(() => store.counts()).toThrow(StoreClosed);
    expect(() => store.export()).toThrow(StoreClosed);
  });
});

async function open(options?: WasmStoreOptions): Promise<MemoryWasmStore> {
  const store = await openWasmStore({ ...options, persistence: "memory" });
  onTestFinished(() => store.close());
  return store;
}
