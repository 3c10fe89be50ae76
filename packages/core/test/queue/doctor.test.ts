import {
  defineJobs,
  type Diagnosis,
  type Examination,
  formatDiagnosis,
  MemoryStore,
  Queue,
  QueueClosed,
  StoreCorrupt,
  StoreUnwritable,
} from "@turno/core";
import { describe, expect, it } from "vitest";
import { fresh } from "../fresh.ts";

const byTopic = ({ findings }: Diagnosis) =>
  Object.fromEntries(findings.map(({ about, level, message }) => [about, [level, message]]));

it("finds an idle queue in good health", async () => {
  const { queue, clock } = fresh();
  const diagnosis = await queue.doctor();
  expect(diagnosis).toMatchObject({ at: clock.now(), level: "good" });
  expect(byTopic(diagnosis)).toEqual({
    stuck: ["good", "no job is stuck"],
    clock: ["good", "the clock fits what is stored"],
    workers: ["good", "nobody works, and nothing waits"],
  });
});

it("sees what waits and for how long, and that nobody works", async () => {
  const { queue, clock } = fresh();
  await queue.enqueueMany([{ type: "mail" }, { type: "mail" }, { type: "other" }]);
  clock.jump(10 * 60_000);
  await queue.pause("other");
  const { level, findings } = await queue.doctor();
  expect(level).toBe("warning");
  expect(findings.filter(({ about }) => about === "stuck")).toMatchObject([
    { facts: { type: "mail", jobs: 2, waitedMs: 600_000 } },
    { message: expect.stringContaining("paused"), facts: { type: "other", jobs: 1 } },
  ]);
  expect(findings.find(({ about }) => about === "workers")).toMatchObject({
    level: "warning",
    message: "nobody works, while 3 jobs could run",
  });
});

it("sees jobs of types that the queue does not define", async () => {
  const memory = new MemoryStore();
  const { queue, clock } = fresh({ memory });
  await queue.enqueue("forgotten");
  const next = new Queue({ store: memory, clock, jobs: defineJobs({ mail: {} }) });
  expect(byTopic(await next.doctor())["stuck"]).toEqual([
    "warning",
    expect.stringMatching(/1 job of type "forgotten" .* this queue does not define that type/),
  ]);
});

it("sees a clock that is behind the one by which jobs were written", async () => {
  const { queue, clock } = fresh();
  await queue.enqueue("mail");
  clock.jump(-3_600_000);
  expect(byTopic(await queue.doctor())["clock"]?.[0]).toBe("warning");
});

it("sees who works, and what lost workers have held", async () => {
  const { queue, memory } = fresh();
  await queue.enqueueMany([{ type: "mail" }, { type: "mail" }]);
  await queue.claim({ limit: 2 });
  expect(byTopic(await queue.doctor())["workers"]).toEqual(["good", "1 worker has joined"]);
  memory.leave(1);
  expect(byTopic(await queue.doctor())["workers"]).toEqual([
    "warning",
    "nobody works; 2 jobs lost their worker",
  ]);
});

it("changes nothing", async () => {
  const { queue, memory } = fresh();
  await queue.enqueueMany([{ type: "mail" }, { type: "mail", delayMs: 50 }]);
  const before = JSON.stringify([memory.list({ limit: 9 }), memory.workers(), memory.pause()]);
  await queue.doctor();
  expect(JSON.stringify([memory.list({ limit: 9 }), memory.workers(), memory.pause()])).toBe(
    before,
  );
});

describe("what a store finds of itself", () => {
  const FOUND: Examination = {
    findings: [
      { about: "integrity", level: "good", message: "the file is whole", facts: { pages: 3 } },
      { about: "log", level: "bad", message: "it is full", remedy: "make room", facts: {} },
    ],
    ready: [{ type: "mail", count: 2, since: 0 }],
  };
  const between = (method: string, call: () => unknown) => (method === "examine" ? FOUND : call());

  it("stands first, and the worst of all findings names the whole", async () => {
    const diagnosis = await fresh({ between }).queue.doctor();
    expect(diagnosis.level).toBe("bad");
    expect(diagnosis.findings.slice(0, 2)).toEqual(FOUND.findings);
    expect(diagnosis.findings[2]).toMatchObject({ about: "stuck", facts: { type: "mail" } });
  });

  it("is text in which the worst comes first", async () => {
    const { queue, clock } = fresh({ between });
    const at = new Date(clock.now()).toISOString();
    expect(formatDiagnosis(await queue.doctor())).toBe(`1 bad, 2 warning, 2 good, at ${at}
bad      log          it is full
                      to do: make room
warning  stuck        2 jobs of type "mail" could run since 1970-01-01T00:00:00.000Z, and still wait
                      to do: see that a worker runs which has a handler for them, and has time for them
warning  workers      nobody works, while 2 jobs could run
                      to do: start a worker: it also puts back what lost ones have held
good     integrity    the file is whole
good     clock        the clock fits what is stored`);
  });
});

describe("trouble of the store", () => {
  it("is a finding, and the rest is looked at all the same", async () => {
    const { queue } = fresh({
      between: (method, call) => {
        if (method === "list") throw new StoreCorrupt("queue.db is damaged; restore it");
        return call();
      },
    });
    const diagnosis = await queue.doctor();
    expect(diagnosis.level).toBe("bad");
    expect(byTopic(diagnosis)).toEqual({
      stuck: ["bad", "it could not be looked at: queue.db is damaged; restore it"],
      clock: ["bad", "it could not be looked at: queue.db is damaged; restore it"],
      workers: ["good", "nobody works, and nothing waits"],
    });
    expect(diagnosis.findings[0]?.facts).toEqual({ error: "StoreCorrupt" });
  });

  it("is told once for each topic, and its words once in the text", async () => {
    const { queue } = fresh({
      between: () => {
        throw new StoreCorrupt("queue.db is damaged; restore it");
      },
    });
    const diagnosis = await queue.doctor();
    const at = new Date(diagnosis.at).toISOString();
    expect(formatDiagnosis(diagnosis)).toBe(`4 bad, 0 warning, 0 good, at ${at}
bad      integrity    it could not be looked at: queue.db is damaged; restore it
bad      stuck        as for integrity
bad      clock        as for integrity
bad      workers      as for integrity`);
  });

  it("leaves unsaid what it has hidden", async () => {
    const unread: Examination = { findings: [], ready: undefined };
    const { queue } = fresh({
      between: (method, call) => (method === "examine" ? unread : call()),
    });
    expect(byTopic(await queue.doctor())).toEqual({
      clock: ["good", "the clock fits what is stored"],
      workers: ["warning", "nobody works, and whether jobs wait could not be read"],
    });
  });

  it("may be instants that are none", async () => {
    const strange: Examination = {
      findings: [],
      ready: [
        { type: "mail", count: 1, since: -9e15 },
        { type: "b", count: 1, since: NaN },
      ],
    };
    const { queue } = fresh({
      between: (method, call) => (method === "examine" ? strange : call()),
    });
    const text = formatDiagnosis(await queue.doctor());
    expect(text).toContain("could run since no time that there is (-9000000000000000)");
  });

  it("may come from each call", async () => {
    for (const failing of ["examine", "nextDueAt", "pause", "workers"]) {
      const { queue } = fresh({
        between: (method, call) => {
          if (method === failing) throw new StoreUnwritable(`no ${failing}; grant it`);
          return call();
        },
      });
      const { level, findings } = await queue.doctor();
      expect(level).toBe("bad");
      expect(findings.filter((finding) => finding.level === "bad")).toMatchObject([
        { message: `it could not be looked at: no ${failing}; grant it` },
      ]);
    }
  });
});

it("is refused by a queue that is closed", async () => {
  const { queue } = fresh();
  await queue.close();
  await expect(queue.doctor()).rejects.toBeInstanceOf(QueueClosed);
});

it("is refused by a queue that is closed meanwhile, for all that could not be looked at", async () => {
  const { queue } = fresh();
  const diagnosing = queue.doctor();
  await Promise.all([expect(diagnosing).rejects.toBeInstanceOf(QueueClosed), queue.close()]);
});
