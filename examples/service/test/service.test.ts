import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { events } from "./events.ts";
import { RunningService } from "./running-service.ts";

const order = (items: number) => ({
  customer: "Ana",
  items: Array.from({ length: items }, (_, index) => ({ name: `item ${index}`, price: 100 })),
});

describe("the service", { timeout: 30_000 }, () => {
  let directory: string;
  let service: RunningService;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "turno-service-"));
    service = await RunningService.start(join(directory, "service.db"));
  });

  afterEach(async () => {
    await service.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  test("takes an order, answers 202 with the job's URL, and tells how it goes", async () => {
    const answer = await service.post("/orders", order(5));
    expect(answer.status).toBe(202);
    const { url, events: eventsUrl } = (await answer.json()) as Record<string, string>;
    expect(answer.headers.get("location")).toBe(url);
    const told = await events(await service.get(eventsUrl ?? ""));
    expect(told.at(-1)).toEqual({ event: "completed", data: { total: 500 } });
    const steps = told.slice(0, -1).map(({ data }) => data);
    expect(steps.at(-1)).toEqual({ state: "completed", progress: { done: 5, of: 5 } });
    expect(steps).toContainEqual(expect.objectContaining({ state: "running" }));
    const job: unknown = await (await service.get(url ?? "")).json();
    expect(job).toMatchObject({ state: "completed", attempt: 1, result: { total: 500 } });
    await service.says("order 1: invoice made");
  });

  test("refuses what is no order, and keeps neither row nor job", async () => {
    const answer = await service.post("/orders", { customer: "", items: [] });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^customer: .*; items: /);
    expect((await service.post("/orders", "{")).status).toBe(400);
    expect(rows(service.path, "orders")).toEqual([]);
    expect(rows(service.path, "turno_jobs")).toEqual([]);
  });

  test("knows no job of another queue, and cancels one of its own", async () => {
    expect((await service.get("/jobs/7")).status).toBe(404);
    expect((await service.get("/jobs/018bcfe5-6800-7400-8000-000000000001")).status).toBe(404);
    const answer = await service.post("/orders", order(100));
    const { url } = (await answer.json()) as { url: string };
    expect(await (await service.delete(url)).json()).toEqual({ cancelled: true });
    expect(await events(await service.get(`${url}/events`))).toContainEqual({
      event: "cancelled",
      data: null,
    });
  });

  test("lets what runs end at SIGTERM, and does the rest when it is started again", async () => {
    for (let count = 0; count < 6; count++) await service.post("/orders", order(5));
    await vi.waitUntil(() => states(service.path).filter((it) => it === "running").length === 4);
    expect(await service.stop("SIGTERM")).toBe(0);
    expect(service.output).toContain("SIGTERM: finishing what runs\n");
    expect(service.output.trimEnd().split("\n").at(-1)).toBe("stopped");
    expect(service.output.match(/invoice made/g)).toHaveLength(4);
    expect(new Set(states(service.path))).toEqual(new Set(["completed", "pending"]));
    service = await RunningService.start(service.path);
    await service.says("order 6: invoice made");
    expect(rows(service.path, "orders")).toMatchObject(Array(6).fill({ total: 500 }));
    expect(rows(service.path, "turno_jobs")).toMatchObject(Array(6).fill({ attempt: 1 }));
  });
});

function rows(path: string, table: string): unknown[] {
  const db = new Database(path);
  try {
    return db.prepare(`SELECT * FROM ${table}`).all();
  } finally {
    db.close();
  }
}

/** The states of all jobs. */
function states(path: string): string[] {
  const names = ["pending", "failed", "running", "completed", "dead", "cancelled"];
  const found = (rows(path, "turno_jobs") as { readonly state: number }[]).map(
    ({ state }) => state,
  );
  return found.map((code) => names[code] ?? `state ${code}`);
}
