import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { workerdMissing } from "../../../scripts/workerd.ts";
import { RunningEdge } from "./running-edge.ts";

const missing = workerdMissing();

describe("the worker at the edge", { timeout: 60_000 }, () => {
  let folder: string;
  let edge: RunningEdge;

  beforeEach(async ({ skip }) => {
    skip(missing !== undefined, missing);
    folder = mkdtempSync(join(tmpdir(), "turno-edge-"));
    edge = await RunningEdge.start(folder);
  });

  afterEach(async () => {
    await edge.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("takes a text, answers 202 with the job's URL, and has the digest soon", async () => {
    const answer = await edge.post("/desks/ana/jobs", "one two three");
    expect(answer.status).toBe(202);
    const { url } = (await answer.json()) as { url: string };
    expect(answer.headers.get("location")).toBe(url);
    await expect.poll(() => edge.get(url)).toMatchObject({ state: "completed", attempt: 1 });
    expect(await edge.get(url)).toMatchObject({
      result: { words: 3, sha256: expect.stringMatching(/^[\da-f]{64}$/) },
    });
    expect(await edge.get("/desks/ana")).toMatchObject({ completed: 1 });
    expect(await edge.get("/desks/bo")).toMatchObject({ completed: 0 });
  });

  test("makes one job of what is posted twice with one key", async () => {
    const headers = { "Idempotency-Key": "letter 7" };
    const answers = [await edge.post("/desks/ana/jobs", "a", headers)];
    answers.push(await edge.post("/desks/ana/jobs", "a", headers));
    const [one, other] = await Promise.all(answers.map((answer) => answer.json()));
    expect(other).toEqual(one);
  });

  test("refuses what is no text, and knows no job of another desk", async () => {
    expect((await edge.post("/desks/ana/jobs", "")).status).toBe(400);
    const { url } = (await (await edge.post("/desks/ana/jobs", "x")).json()) as { url: string };
    expect(await edge.get(url.replace("ana", "bo"))).toEqual({ error: "there is no such job" });
    expect(await edge.get("/elsewhere")).toMatchObject({ error: expect.any(String) });
  });

  test("has done every job that it acknowledged, though workerd was killed", async () => {
    const acknowledged: string[] = [];
    const post = async () => {
      for (;;) {
        const answer = await edge.post("/desks/ana/jobs", "some words").catch(() => undefined);
        if (answer?.status !== 202) return;
        const { url } = (await answer.json().catch(() => ({}))) as { url?: string };
        if (url !== undefined) acknowledged.push(url);
      }
    };
    for (let kill = 1; kill <= 2; kill++) {
      const posting = [post(), post(), post()];
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(50 * kill);
      await edge.killWorkerd();
      await Promise.all(posting);
      edge = await RunningEdge.start(folder);
    }
    for (const url of acknowledged)
      await expect
        .poll(() => edge.get(url), { timeout: 20_000 })
        .toMatchObject({ state: "completed", result: { words: 2 } });
  });
});
