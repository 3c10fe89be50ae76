import { StoreError, StoreFull } from "@turno/core";
import { type MemoryDisk, memoryDisk, MemoryPersistence, StoreTakenOver } from "@turno/store-wasm";
import { describe, expect, it } from "vitest";
import { aJob } from "../a-job.ts";
import { aHolder } from "./a-holder.ts";
import { GatedPersistence } from "./gated-persistence.ts";

/** Whether it is settled by the time that everything has come to rest. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => (settled = true);
  work.then(settle, settle);
  await new Promise((resolve) => void setImmediate(resolve));
  return settled;
}

describe("an answer", () => {
  it("is given once what it tells of is stored, also to those who only read", async () => {
    const persistence = new GatedPersistence();
    const { add, counts } = await aHolder(persistence);
    const open = persistence.hold();
    const calls = [add(aJob()), counts()];
    expect(await Promise.all(calls.map(isSettled))).toEqual([false, false]);
    open();
    expect(await calls[1]).toMatchObject({ pending: 1 });
  });

  it("is one of a group: what comes while another is stored is stored together", async () => {
    const persistence = new GatedPersistence();
    const { add } = await aHolder(persistence);
    const open = persistence.hold();
    const first = add(aJob());
    await isSettled(first);
    const others = Array.from({ length: 20 }, () => add(aJob()));
    persistence.asked.length = 0;
    open();
    await Promise.all([first, ...others]);
    expect(persistence.asked).toEqual(["append"]);
  });

  it("that is read after a standstill is proven to be the holder's", async () => {
    const persistence = new GatedPersistence();
    const { add, counts, clock } = await aHolder(persistence);
    await add(aJob());
    await clock.advance(1_500);
    persistence.asked.length = 0;
    await counts();
    expect(persistence.asked).toEqual([]);
    await clock.advance(1_000);
    new MemoryPersistence(persistence.disk).open();
    await expect(counts()).rejects.toThrow(StoreTakenOver);
  });
});

describe("a group that cannot be stored", () => {
  it("is refused whole, and those who read with it see what is stored", async () => {
    const persistence = new GatedPersistence();
    const { add, counts } = await aHolder(persistence);
    await add(aJob());
    persistence.refusals.append = new StoreFull("no room");
    const refused = [add(aJob()), add(aJob(), aJob())];
    const read = counts();
    for (const write of refused) await expect(write).rejects.toThrow("no room");
    expect(await read).toMatchObject({ pending: 1 });
    delete persistence.refusals.append;
    expect((await add(aJob())).added).toHaveLength(1);
    expect(await counts()).toMatchObject({ pending: 2 });
  });

  it("leaves nothing behind that a later group would store", async () => {
    const persistence = new GatedPersistence();
    const { add } = await aHolder(persistence);
    persistence.refusals.append = new StoreFull("no room");
    await expect(add(aJob({ payload: '"refused"' }))).rejects.toThrow(StoreFull);
    delete persistence.refusals.append;
    await add(aJob({ payload: '"stored"' }));
    expect(JSON.stringify(persistence.disk.log)).not.toContain("refused");
    const again = await aHolder(new MemoryPersistence(persistence.disk));
    expect(await again.call("list", { limit: 9 })).toMatchObject([{ seq: 1, payload: '"stored"' }]);
  });

  it("is told apart from one call that fails: the others of its group are stored", async () => {
    const persistence = new GatedPersistence();
    const { add, counts } = await aHolder(persistence);
    const bad = add(aJob(), aJob({ priority: "high" as unknown as number }));
    const good = add(aJob());
    await expect(bad).rejects.toThrow(StoreError);
    expect((await good).added).toHaveLength(1);
    expect(await counts()).toMatchObject({ pending: 1 });
  });

  it("is followed by others once what is stored can be read again", async () => {
    const persistence = new GatedPersistence();
    const { add, counts } = await aHolder(persistence);
    persistence.refusals.append = new StoreFull("no room");
    persistence.refusals.load = new StoreFull("not even to read");
    await expect(add(aJob())).rejects.toThrow("no room");
    await expect(counts()).rejects.toThrow("not even to read");
    delete persistence.refusals.append;
    delete persistence.refusals.load;
    await add(aJob());
    expect(await counts()).toMatchObject({ pending: 1 });
  });
});

describe("a snapshot", () => {
  const manyJobs = Array.from({ length: 1_100 }, () => aJob());

  it("takes the place of the log when nobody has wanted anything for a second", async () => {
    const persistence = new GatedPersistence();
    const { add, clock, call } = await aHolder(persistence);
    await add(...manyJobs);
    persistence.asked.length = 0;
    await clock.advance(900);
    await add(aJob());
    await clock.advance(900);
    expect(persistence.asked).toEqual(["append"]);
    await clock.advance(200);
    expect(persistence.asked).toEqual(["append", "snapshot"]);
    expect(persistence.disk.log).toEqual([]);
    const again = await aHolder(new MemoryPersistence(persistence.disk));
    expect(await again.call("list", { limit: 2_000 })).toEqual(
      await call("list", { limit: 2_000 }),
    );
  });

  it("is not made for a few rows", async () => {
    const persistence = new GatedPersistence();
    const { add, clock } = await aHolder(persistence);
    await add(aJob());
    persistence.asked.length = 0;
    await clock.advance(60_000);
    expect(persistence.asked).toEqual([]);
  });

  it("is made amid the work when the log has grown so long that the next start would wait for it", async () => {
    const persistence = new GatedPersistence();
    const { add } = await aHolder(persistence);
    for (let group = 0; group < 20; group++) await add(...manyJobs);
    expect(persistence.asked).toContain("snapshot");
    expect(persistence.disk.log.length).toBeLessThan(20);
  });

  it("for which there is no room is done without, and not asked for again at once", async () => {
    const persistence = new GatedPersistence();
    const { add, clock, counts } = await aHolder(persistence);
    persistence.refusals.snapshot = new StoreFull("no room");
    await add(...manyJobs);
    await clock.advance(10_000);
    await add(aJob());
    await clock.advance(10_000);
    expect(persistence.asked.filter((method) => method === "snapshot")).toHaveLength(1 + 1);
    expect(await counts()).toMatchObject({ pending: 1_101 });
    expect((await aHolder(new MemoryPersistence(persistence.disk))).holder.salt).toBe(2 ** 33);
  });
});

describe("what is stored", () => {
  it.each<[string, (disk: MemoryDisk) => unknown, string]>([
    [
      "changes without the image that they change",
      (disk) => (disk.snapshot = undefined),
      "StoreCorrupt",
    ],
    [
      "an image that is none",
      (disk) => (disk.snapshot = new Uint8Array(5_000).fill(7)),
      "StoreCorrupt",
    ],
    [
      "changes of a table that is not there",
      (disk) => disk.log.push([["other", 1, null]]),
      "StoreCorrupt",
    ],
    [
      "tables of a newer version",
      (disk) => disk.log.push([["turno_meta", "schema", ["schema", 99]]]),
      "StoreNewer",
    ],
  ])("is refused and left as it is: %s", async (_, spoil, code) => {
    const disk = memoryDisk();
    await (await aHolder(new MemoryPersistence(disk))).add(aJob());
    spoil(disk);
    const before = structuredClone(disk);
    await expect(aHolder(new MemoryPersistence(disk))).rejects.toMatchObject({ code });
    expect({ ...disk, epoch: before.epoch }).toEqual(before);
  });
});

describe("a holder that is closed", () => {
  it("carries out first what came while a snapshot was stored", async () => {
    const persistence = new GatedPersistence();
    const { add, clock, holder } = await aHolder(persistence);
    await add(...Array.from({ length: 1_100 }, () => aJob()));
    const snap = persistence.hold();
    await clock.advance(1_000);
    expect(persistence.asked.at(-1)).toBe("snapshot");
    const added = add(aJob());
    const closed = holder.close();
    const append = persistence.hold();
    snap();
    expect(await isSettled(closed)).toBe(false);
    append();
    await closed;
    expect((await added).added).toHaveLength(1);
    expect(persistence.asked.slice(-2)).toEqual(["append", "close"]);
  });

  it("leaves no timer behind", async () => {
    const persistence = new GatedPersistence();
    const { add, clock, holder } = await aHolder(persistence);
    const added = add(...Array.from({ length: 1_100 }, () => aJob()));
    await holder.close();
    await added;
    expect(clock.nextTimerMs).toBeUndefined();
  });
});
