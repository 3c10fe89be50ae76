import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { mismatches } from "./kills/mismatches.ts";
import { openShop, PLACES, type Shift, type ShopOptions } from "./kills/shop.ts";
import { randomFrom } from "./random-from.ts";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

/** Half of them at a chosen place, once at each, and half of them at any moment. `npm run kills` wants 1,000. */
const SHORT = 2 * PLACES.length;
const KILLS = Number(process.env["KILLS"] ?? SHORT);
const WAYS = [
  { durability: "full", handedIn: true },
  { durability: "full", handedIn: false },
  { durability: "normal", handedIn: true },
  { durability: "normal", handedIn: false },
] as const;

it("a caller's rows and the queue's jobs are kept or lost together, wherever a process is killed", {
  timeout: 30_000 + KILLS * 1_000,
}, async () => {
  const kills = (await Promise.all(WAYS.map(runDown))).flat();
  const places = new Set(kills.map(({ place }) => place));
  expect(PLACES.filter((place) => !places.has(place))).toEqual([]);
  if (KILLS > SHORT) console.log(figures(kills));
});

/** Opens a shop and kills its processes, two at a time; the last one packs what they have left. */
async function runDown(way: (typeof WAYS)[number], index: number): Promise<End[]> {
  const shop = { ...way, path: temporaryFile() };
  const kills = 2 * Math.ceil(KILLS / WAYS.length / 2);
  const random = randomFrom(index);
  const ends: End[] = [];
  expect(await audit(shop, [])).toEqual([]);
  while (ends.length < kills) {
    const pair = await killTwo(shop, index * kills + ends.length, random);
    expect(await audit(shop, pair)).toEqual([]);
    ends.push(...pair);
  }
  const last = await endOf({ ...shop, seed: KILLS + index, isLast: true });
  expect(last).toMatchObject({ code: 0, stderr: "" });
  expect(await audit(shop, [last], { allPacked: true })).toEqual([]);
  return ends;
}

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** Whether it killed itself. */
  readonly byFuse: boolean;
  /** Where it was last. */
  readonly place: string;
  readonly steps: readonly (readonly [place: string, about: string])[];
}

/** One kills itself at a chosen place, the other is killed at any moment; each meets what the other has left behind. */
async function killTwo(shop: ShopOptions, seed: number, random: () => number): Promise<End[]> {
  const place = PLACES[(seed / 2) % PLACES.length] ?? "order begun";
  const fuse = { place, nth: 1 + Math.floor(random() * 6) };
  const ends = await Promise.all([
    endOf({ ...shop, seed, fuse }),
    endOf({ ...shop, seed: seed + 1 }, { killedAfterMs: random() * 40 }),
  ]);
  for (const end of ends) expect(end).toMatchObject({ signal: "SIGKILL", stderr: "" });
  return ends;
}

async function endOf(
  shift: Omit<Shift, "log">,
  { killedAfterMs }: { readonly killedAfterMs?: number } = {},
): Promise<End> {
  const log = `${shift.path}-${shift.seed}.log`;
  const child = startChild("shift", [JSON.stringify({ ...shift, log })]);
  if (killedAfterMs !== undefined) {
    await child.line();
    await sleep(killedAfterMs);
    child.kill("SIGKILL");
  }
  const end = await child.ended;
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
  const steps = lines.map((line) => line.split(": ") as [string, string]);
  return { ...end, byFuse: shift.fuse !== undefined, place: steps.at(-1)?.[0] ?? "", steps };
}

async function audit(
  options: ShopOptions,
  ends: readonly End[],
  { allPacked = false } = {},
): Promise<string[]> {
  const shop = openShop(options);
  const steps = ends.flatMap((end) => end.steps);
  const kept = steps.filter(([place]) => place.endsWith("committed")).map(([, about]) => about);
  const { pending, failed, running } = await shop.store.counts();
  const found = await mismatches(shop, kept);
  if (allPacked && pending + failed + running > 0) found.push("not everything is packed");
  await shop.queue.close();
  shop.database.close();
  return found;
}

function figures(kills: readonly End[]): string {
  const passed = kills.flatMap(({ steps }) => steps.map(([place]) => place));
  const rows = ["", ...PLACES].map((place) => {
    const there = kills.filter((kill) => kill.place === place);
    const byFuse = there.filter((kill) => kill.byFuse).length;
    const times = passed.filter((step) => step === place).length;
    const name = (place || "nowhere yet").padEnd(18);
    return `${name} passed ${times} times, ${byFuse} killed themselves, ${there.length - byFuse} were killed`;
  });
  return [`${kills.length} kills`, ...rows].join("\n");
}
