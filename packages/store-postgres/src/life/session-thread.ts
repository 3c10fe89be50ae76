// Runs in a thread of its own, so that a handler which blocks the event loop does not keep its worker from beating.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { SessionClient } from "./session.ts";
import { SessionHost } from "./session-host.ts";
import type { SessionData, SessionOrder } from "./session-messages.ts";

const data = workerData as SessionData;
const { Client } = createRequire(import.meta.url)(data.driverPath) as {
  readonly Client: new (config: object) => SessionClient;
};
const host = new SessionHost(
  data,
  (config) => new Client(config),
  (news) => parentPort?.postMessage(news),
);

parentPort?.on("message", (order: SessionOrder) => {
  void host.obey(order).then(() => {
    if (order.kind === "end") parentPort?.close();
  });
});
