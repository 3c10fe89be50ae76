import { cancel } from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import { jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

const port = betterSqlitePort();
const texts = new Set<string>();

beforeAll(() => {
  const store = new SqliteStore({
    ...port,
    prepare(sql) {
      if (/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/.test(sql)) texts.add(sql);
      return port.prepare(sql);
    },
  });
  useEverything(store);
});

describe("every statement", () => {
  it("takes at most 90 parameters", () => {
    for (const sql of texts) expect(sql.split("?").length - 1, sql).toBeLessThanOrEqual(90);
  });

  it("finds jobs by an index or by row number", () => {
    for (const sql of texts) {
      // Whole indexes of those that wait are looked through only where they are known to be few, or up to a LIMIT.
      if (/INDEXED BY turno_jobs_(ready|due)/.test(sql)) continue;
      expect(planOf(sql), sql).not.toMatch(/SCAN (job|turno_jobs|turno_payloads|stored)\b/);
    }
  });

  it("sorts nothing, except for a list of those that are few", () => {
    for (const sql of texts) {
      if (/INDEXED BY turno_jobs_(worker|ready|due)|sqlite_schema/.test(sql)) continue;
      expect(planOf(sql), sql).not.toMatch(/TEMP B-TREE/);
    }
  });

  it("hides from SQLite the limits by which it would plan anew at each use", () => {
    for (const sql of texts) expect(sql).not.toMatch(/LIMIT \?/);
  });
});

describe("the index", () => {
  it.each([
    ["ready", "a claim of one type", /WHERE ready = 1 AND type = \+\? ORDER/],
    ["ready", "a claim of several types", /UNION ALL SELECT job\.seq, job\.state/],
    ["ready", "a claim of many types", /UNION ALL SELECT seq, priority/],
    ["ready", "which types are ready", /RECURSIVE/],
    ["ready", "which of many types are ready", /wanted[^]*ready = 1 AND type = wanted/],
    ["due", "making due jobs ready", /UPDATE.*SET ready = 1/],
    ["due", "the outset of a claim", /AS due/],
    ["due", "when the next job is due", /SELECT min\(run_at\)/],
    ["key", "the holder of a key", /holds_key = 1/],
    ["worker", "what a worker holds", /SELECT seq, revision/],
    ["worker", "orphans", /NOT IN \(SELECT id/],
    ["rare", "a list of dead jobs", /AND state = 4 AND seq/],
    [
      "rare",
      "a list of failed and cancelled jobs of a type",
      /AND state = 1 AND seq.*AND state = 5 AND/,
    ],
    ["ready", "a list of few pending jobs", /ready = 1 AND state = 0 AND seq/],
    ["due", "a list of few pending jobs", /ready = 0 AND state = 0 AND seq/],
    ["finished", "pruning jobs", /DELETE FROM turno_jobs WHERE seq IN/],
    ["finished", "pruning payloads", /DELETE FROM turno_payloads/],
  ])("%s serves %s", (index, _, pattern) => {
    const found = [...texts].filter((sql) => pattern.test(sql));
    expect(found).not.toEqual([]);
    for (const sql of found)
      expect(planOf(sql)).toMatch(new RegExp(`INDEX turno_jobs_${index}\\b`));
  });

  it("of rare jobs is merged state by state as the list goes, and read alone", () => {
    const several = [...texts].filter((sql) => sql.includes("AND state = 1 AND seq"));
    expect(several).not.toEqual([]);
    for (const sql of several) {
      expect(planOf(sql)).toContain("MERGE (UNION ALL)");
      expect(planOf(sql)).not.toContain("USING INDEX turno_jobs_rare");
    }
  });

  it("of row numbers bounds what a list looks through at once", () => {
    const walks = [...texts].filter((sql) => /job\.state IN/.test(sql));
    expect(walks).not.toEqual([]);
    for (const sql of walks)
      expect(planOf(sql)).toMatch(/INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
  });

  it("alone is read to count, and not the rows", () => {
    const counting = [...texts].filter((sql) => sql.includes("AS finished,"));
    expect(counting).toHaveLength(1);
    const plan = planOf(counting.join()).split("\n");
    const reads = plan.filter((line) => /SCAN turno|SEARCH/.test(line));
    expect(reads).toHaveLength(7);
    for (const line of reads) expect(line).toContain("COVERING INDEX");
  });

  it("of row numbers tells the oldest job and the newest", () => {
    const spans = [...texts].filter((sql) => sql.includes("AS numbers"));
    expect(spans).toHaveLength(1);
    // Each at an end of the table, which SQLite calls a search.
    expect(planOf(spans.join()).match(/SEARCH turno_jobs/g)).toHaveLength(2);
  });

  it("of ready jobs is merged type by type as the claim goes", () => {
    const several = [...texts].filter((sql) =>
      /WHERE ready = 1 AND type = \+\? UNION ALL/.test(sql),
    );
    for (const sql of several) expect(planOf(sql)).toContain("MERGE (UNION ALL)");
  });
});

function planOf(sql: string): string {
  const parameters = Array(sql.split("?").length - 1).fill(sql.includes("json_each") ? "[1]" : 1);
  const rows = port.db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  return rows
    .all(...parameters)
    .map(({ detail }) => detail)
    .join("\n");
}

function useEverything(store: SqliteStore): void {
  const worker = store.join({ leaseMs: 30_000 });
  const manyTypes = Array.from({ length: 70 }, (_, index) => `type ${index}`);
  store.commit({
    now: 1_000,
    add: jobs(200, (index) => ({ type: `type ${index % 70}`, uniqueKey: `${index}` })),
  });
  for (const types of [undefined, ["type 1"], ["type 1", "type 2", "type 3"], manyTypes]) {
    const { claimed } = store.commit({ now: 2_000, claim: { worker, types, limit: 5 } });
    store.commit({ now: 2_000, replace: claimed.slice(1).map((job) => cancel(job, 2_000)) });
  }
  store.list({ limit: 5 });
  store.list({ limit: 5, types: ["a"], states: ["dead"], beforeSeq: 7 });
  store.list({ limit: 5, states: ["failed", "cancelled"], types: ["a"] });
  store.list({ limit: 5, states: ["running"], orphaned: true });
  // Behind a gap, so that the newest part does not fill the page.
  for (const table of ["turno_jobs", "turno_payloads"])
    port.db.exec(`UPDATE ${table} SET seq = seq + 10000 WHERE seq = 200`);
  store.list({ limit: 5_000, states: ["pending"] });
  store.counts();
  store.mostJobs();
  store.prune({ before: { cancelled: 2_000 }, limit: 5 });
}
