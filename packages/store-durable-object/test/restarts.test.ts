import { beforeEach, expect, it } from "vitest";
import { InWorkerd } from "../../../scripts/in-workerd.ts";
import { Shop } from "./shop.ts";

const place = new InWorkerd({
  entry: new URL("worker/shop.ts", import.meta.url),
  objects: ["Shop"],
});
beforeEach((context) => place.need(context));

/** More of them: KILLS=100 npm test -- --project store-durable-object restarts */
const KILLS = Number(process.env["KILLS"] ?? 5);
const PRODUCERS = 4;

it(
  "every job that was acknowledged is done, however often workerd is killed meanwhile",
  async () => {
    const shop = new Shop(place, "killed");
    const acknowledged: string[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      const isKilled = { value: false };
      const producers = Array.from({ length: PRODUCERS }, (_, producer) =>
        produce(shop, `${kill}.${producer}`, acknowledged, isKilled),
      );
      const enough = acknowledged.length + 60;
      await expect
        .poll(() => acknowledged.length, { timeout: 20_000, interval: 5 })
        .toBeGreaterThan(enough);
      const restarted = place.restart();
      isKilled.value = true;
      await Promise.all([restarted, ...producers]);
    }
    const { journal, counts } = await shop.until(
      ({ counts }) => counts["pending"] === 0 && counts["running"] === 0 && counts["failed"] === 0,
      60_000,
    );
    const done = new Set(journal);
    const cutShort = timesOf(journal, "wait 20") - timesOf(journal, "waited 20");
    if (KILLS > 5) console.log(`${acknowledged.length} acknowledged, ${cutShort} runs cut short`);
    expect(cutShort).toBeGreaterThan(0);
    expect(acknowledged.length).toBeGreaterThan(60 * KILLS);
    expect(acknowledged.filter((name) => isNote(name) && !done.has(`note ${name}`))).toEqual([]);
    expect(counts["completed"]).toBeGreaterThanOrEqual(acknowledged.length);
    // Each producer may have lost one answer at each kill; nothing else may be there.
    const unasked = (counts["completed"] ?? 0) - acknowledged.length;
    expect(unasked).toBeLessThanOrEqual(PRODUCERS * KILLS);
    expect(counts).toMatchObject({ dead: 0, cancelled: 0 });
  },
  60_000 + KILLS * 5_000,
);

/** Every second job is one that takes some time. */
function isNote(name: string): boolean {
  return Number(name.split(".").at(-1)) % 2 === 0;
}

function timesOf(journal: readonly string[], entry: string): number {
  return journal.filter((it) => it === entry).length;
}

/** Enqueues jobs one after the other until workerd is killed. */
async function produce(
  shop: Shop,
  name: string,
  acknowledged: string[],
  isKilled: { readonly value: boolean },
): Promise<void> {
  for (let count = 0; !isKilled.value; count++) {
    const payload = `${name}.${count}`;
    const job = isNote(payload)
      ? { type: "note", payload }
      : { type: "wait", payload: { ms: 20, deaf: true } };
    const isThere = await shop.enqueue(job).then(
      () => true,
      () => false,
    );
    if (isThere) acknowledged.push(payload);
    else return;
  }
}
