import { randomBytes } from "node:crypto";
import pg from "pg";
import { beforeEach, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import type { PostgresForTests } from "../../../scripts/servers/postgres-for-tests.ts";
import { events } from "./events.ts";
import { RunningService } from "./running-service.ts";

const order = { customer: "Ana", items: [{ name: "tea", price: 450 }] };

describe("the service on Postgres", { timeout: 120_000 }, () => {
  let server: pg.Client;
  let database: string;

  beforeEach(async ({ skip }) => {
    const response = await fetch(inject("postgresDesk"));
    const { url, missing } = (await response.json()) as PostgresForTests;
    skip(missing !== undefined, missing);
    const name = `service_${randomBytes(8).toString("hex")}`;
    server = await connected(url ?? "");
    await server.query(`CREATE DATABASE ${name}`);
    database = Object.assign(new URL(url ?? ""), { pathname: name }).href;
    return async () => {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    };
  }, 300_000);

  test("two processes make each invoice once, and any of them tells how it goes", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const answers = await Promise.all(
      [first, second, first, second, first, second].map((it) => it.post("/orders", order)),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      const { events: url } = (await answer.json()) as { events: string };
      const told = await events(await second.get(url));
      expect(told.at(-1)).toEqual({ event: "completed", data: { total: 450 } });
    }
    for (const service of [first, second]) expect(await service.stop("SIGTERM")).toBe(0);
    expect(await rows("SELECT total FROM orders")).toEqual(Array(6).fill({ total: "450" }));
    expect(await rows("SELECT attempt FROM turno.jobs")).toEqual(Array(6).fill({ attempt: 1 }));
    expect(`${first.output}${second.output}`.match(/invoice made/g)).toHaveLength(6);
  });

  test("what a killed process ran, another one runs", async () => {
    const killed = await start();
    const slow = { ...order, items: Array(20).fill(order.items[0]) };
    await killed.post("/orders", slow);
    await vi.waitFor(async () =>
      expect(await rows("SELECT state FROM turno.jobs")).toEqual([{ state: 2 }]),
    );
    await killed.kill();
    const other = await start();
    await vi.waitUntil(() => other.output.includes("order 1: invoice made"), { timeout: 60_000 });
    expect(await rows("SELECT total FROM orders")).toEqual([{ total: "9000" }]);
  });

  async function start(): Promise<RunningService> {
    const service = await RunningService.start(database);
    onTestFinished(() => service.kill());
    return service;
  }

  async function rows(sql: string): Promise<unknown[]> {
    const client = await connected(database);
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  }
});

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}
