// Runs in a thread of its own, so that a handler which blocks the event loop does not keep its worker from beating.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { BeatConnection } from "./beat-connection.ts";
import type { Driver } from "../driver.ts";
import type { HeartData, HeartNews, HeartOrder } from "./heart-messages.ts";
import { Life, plainError } from "./life.ts";

const data = workerData as HeartData;
const driver = createRequire(import.meta.url)(data.driverPath) as Driver;
const lives = new Map<string, Life>();
const connection = new BeatConnection(driver, data);

parentPort?.on("message", (order: HeartOrder) => {
  if (order.kind === "end") return end();
  const { kind, sign } = order;
  if (kind === "hold") hold(sign);
  if (kind === "beat") lives.get(sign)?.beat(order.beats);
  if (kind === "rest") lives.get(sign)?.rest();
  if (kind === "remove") remove(sign);
});

function hold(sign: string): void {
  const life = newLife(sign);
  try {
    life.hold();
    // Referenced from here on: a lock that nothing refers to is let go.
    lives.set(sign, life);
    tell({ kind: "held", sign });
  } catch (error) {
    tell({ kind: "refused", sign, error: plainError(error) });
  }
}

function newLife(sign: string): Life {
  return new Life({
    driver,
    lockFile: join(data.folder, sign),
    beat: (worker) => connection.beat(worker),
    tell: (news) => tell({ sign, ...news }),
  });
}

function remove(sign: string): void {
  lives.get(sign)?.remove();
  lives.delete(sign);
}

function end(): void {
  for (const life of lives.values()) life.end();
  connection.close();
  parentPort?.close();
}

function tell(news: HeartNews): void {
  parentPort?.postMessage(news);
}
