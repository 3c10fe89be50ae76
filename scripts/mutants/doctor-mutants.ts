import type { Mutant } from "./mutant.ts";

/** Faults of a doctor who sees what is not there, or does not see what is. */
export const doctorMutants: readonly Mutant[] = [
  {
    name: "Doctor: a paused type is no reason to wait",
    file: "core/src/doctor/find-stuck.ts",
    find: "if (paused.includes(type))",
    replace: "if (!paused.includes(type) && false)",
    tests: ["core/test/doctor"],
  },
  {
    name: "Doctor: a queue that takes any type is told that it defines none",
    file: "core/src/doctor/find-stuck.ts",
    find: "types.length > 0 && !types.includes(type)",
    replace: "!types.includes(type)",
    tests: ["core/test/doctor"],
  },
  {
    name: "Doctor: a backlog is stuck at once",
    file: "core/src/doctor/find-stuck.ts",
    find: "if (now - since < LONG_WAIT_MS) return [];",
    replace: "",
    tests: ["core/test/doctor"],
  },
  {
    name: "Doctor: a job with a limit is judged by the hour",
    file: "core/src/doctor/find-stuck.ts",
    find: "ranMs >= timeoutMs + SLACK_MS",
    replace: "ranMs >= LONG_RUN_MS",
    tests: ["core/test/doctor"],
  },
  {
    name: "Doctor: what was finished in the future does not show",
    file: "core/src/doctor/find-clock.ts",
    find: '"finishedAt" in job ? job.finishedAt : 0',
    replace: "0",
    tests: ["core/test/doctor"],
  },
  {
    name: "Doctor: a worker whose process has ended counts as one that works",
    file: "core/src/doctor/find-workers.ts",
    find: "workers.filter((worker) => worker.gone).length",
    replace: "0",
    tests: ["core/test/doctor"],
  },
  {
    name: "Doctor: one thing that cannot be read is the end of the visit",
    file: "core/src/doctor/diagnose.ts",
    find: "const finding = notLookedAt(about, error);",
    replace: "throw error;",
    tests: ["core/test/queue/doctor"],
  },
  {
    name: "Doctor: a diagnosis is as good as its best finding",
    file: "core/src/doctor/diagnosis.ts",
    find: "const level = WORST_FIRST.find(",
    replace: "const level = WORST_FIRST.findLast(",
    tests: ["core/test/queue/doctor"],
  },
  {
    name: "Doctor: another file at the path is taken for the one that was opened",
    file: "store-node/src/file-findings.ts",
    find: "if (missing !== undefined)",
    replace: 'if (missing === "emptied")',
    tests: ["store-node/test/examine"],
  },
  {
    name: "Doctor: faults of the database are not told",
    file: "store-sqlite/src/examine.ts",
    find: '.filter((it) => it !== "ok")',
    replace: '.filter((it) => it === "")',
    tests: ["store-node/test/examine"],
  },
  {
    name: "Doctor: what its user may not write does not matter",
    file: "store-node/src/file-findings.ts",
    find: "existsSync(place) && !mayWrite(place)",
    replace: "!existsSync(place) && !mayWrite(place)",
    tests: ["store-node/test/examine"],
  },
];
