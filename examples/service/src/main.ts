import { createServer, type Server } from "node:http";
import { serve } from "@hono/node-server";
import { createApp } from "./app.ts";
import { invoiceHandler } from "./invoice.ts";
import { openService } from "./open-service.ts";

const { DATABASE = "service.db", PORT = "3000" } = process.env;

const service = await openService(DATABASE);
const worker = service.queue.work({ invoice: invoiceHandler(service) }, { concurrency: 4 });
worker.on("completed", ({ job }) => console.log(`order ${job.payload.orderId}: invoice made`));
worker.on("dead", ({ job, error }) => console.error(`job ${job.id} is dead:`, error));

const app = createApp(service);
const address = { hostname: "127.0.0.1", port: Number(PORT) };
const server = serve({ fetch: app.fetch, createServer, ...address }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
}) as Server;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  // Once: a second Ctrl-C ends the process, and what ran then runs again.
  process.once(signal, () => {
    console.log(`${signal}: finishing what runs`);
    void stop();
  });
}

async function stop(): Promise<void> {
  server.close();
  await service[Symbol.asyncDispose]();
  server.closeAllConnections();
  console.log("stopped");
}
