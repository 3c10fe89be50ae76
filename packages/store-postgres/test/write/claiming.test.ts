import {
  type Committed,
  enqueued,
  newJob,
  type RunningJob,
  start,
  StoreBusy,
  type Write,
} from "@turno/core";
import { describe, expect, it } from "vitest";
import { Claiming, type Written } from "../../src/write/claiming.ts";

const CLAIM = { worker: 1, limit: 1_000 };

/** What is claimed, a job a statement that has a claim, with numbers that fall. */
function fake(refuse: (write: Write) => Error | undefined = () => undefined) {
  const writes: Write[] = [];
  let seq = 10_000;
  const once = async (write: Write): Promise<Written> => {
    writes.push(write);
    const error = refuse(write);
    if (error !== undefined) throw error;
    const claimed = Array.from({ length: write.claim?.limit ?? 0 }, () => running(seq--));
    const committed: Committed = { replaced: [], added: [], claimed, workerKnown: true };
    return { committed, damaged: [], now: 1 };
  };
  return { writes, once };
}

function running(seq: number): RunningJob {
  return start(enqueued(newJob("a", "1", {}, {}, 0), seq, `job ${seq}`), 1, 0);
}

describe("a large claim", () => {
  it("is made as two at once where the one before it got all that it asked for", async () => {
    const { writes, once } = fake();
    const claiming = new Claiming(once, { inHalves: true });
    await claiming.commit({ now: 1, claim: CLAIM });
    expect(writes).toHaveLength(1);
    const replace = [running(1)];
    const { claimed } = await claiming.commit({ now: 2, claim: { ...CLAIM, slots: 700 }, replace });
    expect(writes.slice(1)).toEqual([
      { now: 2, claim: { ...CLAIM, limit: 500, slots: 200 } },
      { now: 2, claim: { ...CLAIM, limit: 500, slots: 500 }, replace },
    ]);
    const seqs = claimed.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(seqs).toHaveLength(1_000);
  });

  it.each([
    ["it is small", { ...CLAIM, limit: 300 }, true],
    ["types have limits of their own", { ...CLAIM, limitOf: new Map([["a", 3]]) }, true],
    ["one statement goes after the other", CLAIM, false],
  ])("is made as one where %s", async (_, claim, inHalves) => {
    const { writes, once } = fake();
    const claiming = new Claiming(once, { inHalves });
    for (let count = 0; count < 2; count++) await claiming.commit({ now: 1, claim });
    expect(writes).toEqual([
      { now: 1, claim },
      { now: 1, claim },
    ]);
  });

  it("gives back what its other half has started where the commit fails", async () => {
    const busy = new StoreBusy("locked", { partial: true });
    const { writes, once } = fake(({ add }) => (add === undefined ? undefined : busy));
    const claiming = new Claiming(once, { inHalves: true });
    await claiming.commit({ now: 1, claim: CLAIM });
    const add = [newJob("a", "1", {}, {}, 0)];
    await expect(claiming.commit({ now: 2, claim: CLAIM, add })).rejects.toBe(busy);
    expect(writes.at(-1)?.replace).toHaveLength(500);
    expect(writes.at(-1)?.replace?.[0]).toMatchObject({
      state: "pending",
      attempt: 0,
      revision: 3,
    });
  });

  it("gives out what one half has started where the other fails", async () => {
    const { once } = fake(({ claim }) =>
      claim?.slots === 499 ? new StoreBusy("locked") : undefined,
    );
    const claiming = new Claiming(once, { inHalves: true });
    await claiming.commit({ now: 1, claim: CLAIM });
    const { claimed } = await claiming.commit({ now: 2, claim: { ...CLAIM, slots: 999 } });
    expect(claimed).toHaveLength(500);
  });
});
