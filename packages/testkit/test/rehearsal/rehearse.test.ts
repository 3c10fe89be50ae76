import { json } from "@turno/core";
import { Crashed, type Fault, rehearse } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { orderThat, soundly, type Work } from "./shop.ts";

/** Charges, saves and mails, and tells what its own code has come to see. */
function telling() {
  const told: string[] = [];
  const work: Work = async ({ attempt, payload: { order }, signal }, { cards, orders, mailer }) => {
    const tell = (what: string) => told.push(`${what} ${attempt}`);
    try {
      await cards.charge(order);
      tell("charged");
      orders.save(order);
      tell("saved");
      await mailer.send(order);
      tell("mailed");
    } catch (error) {
      tell(error instanceof Crashed ? "caught a crash" : "caught");
    } finally {
      tell("finally");
      signal.addEventListener("abort", () => tell(`aborted by ${signal.reason.code}`));
    }
  };
  return { told, rehearsal: orderThat(work) };
}

const secondRun = ["charged 2", "saved 2", "mailed 2", "finally 2"];
const abandoned = { kind: "abandoned", attempt: 1 };

/** Rehearses with one fault; the rehearsal before that, which only learns the steps, is not told of. */
async function withFault(fault: Fault) {
  const { told, rehearsal } = telling();
  const rehearsed = await rehearse(rehearsal, { plan: [fault] });
  return { ...rehearsed, told: told.slice(["charged", "saved", "mailed", "finally"].length) };
}

describe("rehearse", () => {
  it("tells what happens undisturbed", async () => {
    const { runs, jobs, effects } = await rehearse(telling().rehearsal);
    expect(runs).toMatchObject([
      {
        type: "order",
        attempt: 1,
        steps: ["1 cards.charge", "2 orders.save", "3 mailer.send"],
        faults: [],
        end: "completed",
      },
    ]);
    expect(jobs).toMatchObject([{ state: "completed", attempt: 1, result: "attempt 1" }]);
    expect(effects).toEqual({ charges: [{ order: 7 }], saved: [7], mails: [7] });
  });

  it("counts calls on the queue as steps, and follows up what they enqueue", async () => {
    const { runs, jobs } = await rehearse(orderThat(soundly));
    expect(runs.map(({ steps }) => steps)).toEqual([
      ["1 cards.charge", "2 orders.save", "3 queue.enqueue"],
      ["4 mailer.send"],
    ]);
    expect(jobs.map(({ type, state }) => [type, state])).toEqual([
      ["order", "completed"],
      ["receipt", "completed"],
    ]);
  });
});

describe("a crash", () => {
  it("before a step leaves its effect out, and no code of the handler goes on", async () => {
    const { told, effects, jobs, runs } = await withFault("crash before step 3");
    expect(told).toEqual(["charged 1", "saved 1", ...secondRun]);
    expect(effects).toMatchObject({ charges: [{}, {}], mails: [7] });
    expect(jobs).toMatchObject([{ state: "completed", attempt: 2, failures: [abandoned] }]);
    expect(runs).toMatchObject([
      { faults: ["killed before step 3"], end: undefined },
      { attempt: 2, end: "completed" },
    ]);
  });

  it("after a step comes when its effect is there, and no code of the handler goes on", async () => {
    const { told, effects, jobs } = await withFault("crash after step 3");
    expect(told).toEqual(["charged 1", "saved 1", ...secondRun]);
    expect(effects).toMatchObject({ mails: [7, 7] });
    expect(jobs).toMatchObject([{ attempt: 2, failures: [abandoned] }]);
  });

  it("in a synchronous step throws, and what is done about that has no effect", async () => {
    const { told, effects, runs } = await withFault("crash after step 2");
    expect(told).toEqual(["charged 1", "caught a crash 1", "finally 1", ...secondRun]);
    expect(effects).toMatchObject({ saved: [7], mails: [7] });
    expect(runs.map(({ end }) => end)).toEqual([undefined, "completed"]);
  });

  it("after a run comes when the handler has ended and nothing of that is stored", async () => {
    const { told, jobs, effects } = await withFault("crash after run 1");
    expect(told.filter((line) => line.startsWith("finally"))).toEqual(["finally 1", "finally 2"]);
    expect(effects).toMatchObject({ mails: [7, 7] });
    expect(jobs).toMatchObject([{ result: "attempt 2", failures: [abandoned] }]);
  });

  it("ends what the handler does beside the step too, as far as that takes steps", async () => {
    const both: Work = async ({ payload: { order } }, { cards, mailer }) => {
      const beside = (async () => {
        for (let pause = 0; pause < 5; pause++) await Promise.resolve();
        await mailer.send(order);
      })();
      await cards.charge(order);
      await beside;
    };
    const { effects } = await rehearse(orderThat(both), { plan: ["crash before step 1"] });
    expect(effects).toMatchObject({ charges: [{}], mails: [7] });
  });
});

describe("a lost lease", () => {
  it("lets another finish the job first, then the handler goes on and is refused", async () => {
    const { told, runs, jobs, effects } = await withFault("lose lease before step 3");
    expect(told.slice(0, 8)).toEqual([
      "charged 1",
      "saved 1",
      ...secondRun,
      "mailed 1",
      "finally 1",
    ]);
    expect(runs).toMatchObject([
      { faults: ["lost its lease before step 3"], end: "lost" },
      { attempt: 2, end: "completed" },
    ]);
    expect(jobs).toMatchObject([
      { state: "completed", result: "attempt 2", failures: [abandoned] },
    ]);
    expect(effects).toMatchObject({ mails: [7, 7] });
  });

  it("aborts the signal of a handler that takes its time", async () => {
    let reason: unknown;
    const rehearsal = orderThat(async ({ payload: { order }, signal }, { mailer }) => {
      await mailer.send(order);
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          resolve();
        });
        setTimeout(resolve, 1);
      });
    });
    const { runs } = await rehearse(rehearsal, { plan: ["lose lease after step 1"] });
    expect(reason).toMatchObject({ code: "LeaseLost" });
    expect(runs[0]).toMatchObject({ end: "lost" });
  });

  it("after a run is refused though the handler has ended", async () => {
    const { runs, jobs } = await withFault("lose lease after run 1");
    expect(runs.map(({ end }) => end)).toEqual(["lost", "completed"]);
    expect(jobs).toMatchObject([{ result: "attempt 2" }]);
  });

  it("cannot strike in a synchronous step", async () => {
    await expect(withFault("lose lease before step 2")).rejects.toThrow(
      '"lose lease before step 2" did not happen. There were 1 runs, and the steps 1 cards.charge, 2 orders.save, 3 mailer.send;' +
        " a lease cannot be lost in a step that gives no promise",
    );
  });
});

describe("a plan", () => {
  it("may have several faults, each where it says", async () => {
    const plan: Fault[] = ["crash after step 1", "lose lease after step 2", "crash after run 3"];
    const { runs, jobs } = await rehearse(telling().rehearsal, { plan });
    expect(runs.map(({ faults, end }) => [...faults, end])).toEqual([
      ["killed after step 1", undefined],
      ["lost its lease after step 2", "lost"],
      ["killed after run 3", undefined],
      ["completed"],
    ]);
    expect(jobs).toMatchObject([{ state: "completed", attempt: 4 }]);
  });

  it("that names no fault is refused", async () => {
    const plan = ["crash at step 1"] as unknown as Fault[];
    await expect(rehearse(telling().rehearsal, { plan })).rejects.toThrow(
      'a plan names faults such as "crash before step 2", "lose lease after step 1" or "crash after run 1", but not "crash at step 1"',
    );
  });
});

describe("a rehearsal", () => {
  it("rejects where the handler does not end", async () => {
    const hangs = orderThat(async ({ payload: { order } }, { cards }) => {
      await cards.charge(order);
      await new Promise(() => {});
    });
    await expect(rehearse(hangs)).rejects.toThrow(
      /the handler of job .* \("order"\) does not end: .* after step 1 cards.charge/,
    );
  });

  it("rejects where jobs enqueue jobs for ever", async () => {
    const endless = orderThat(({ payload }, _, queue) => queue.enqueue("order", payload));
    await expect(rehearse(endless)).rejects.toThrow(
      /^job .* \("order"\) is not finished after 1000 runs/,
    );
  });

  it("rejects where there is no handler", async () => {
    const rehearsal = { ...orderThat(soundly), handlers: () => ({ receipt: () => {} }) };
    await expect(rehearse(rehearsal)).rejects.toThrow(
      'there is no handler for "order", the type of the job',
    );
  });

  it("leaves follow-up jobs that it has no handler for", async () => {
    const { handlers, ...order } = orderThat(soundly);
    const { jobs } = await rehearse({
      ...order,
      handlers: (...given) => ({ order: handlers(...given).order! }),
    });
    expect(jobs.map(({ state }) => state)).toEqual(["completed", "pending"]);
  });

  it("waits for fakes that take real time, without letting simulated time pass", async () => {
    const jobs = { slow: { payload: json<null>(), timeoutMs: 1_000 } } as const;
    const { jobs: ended } = await rehearse({
      jobs,
      job: { type: "slow", payload: null },
      setUp: () => ({
        sleep: () => new Promise<void>((resolve) => void setTimeout(resolve, 20)),
      }),
      handlers: ({ sleep }) => ({ slow: sleep }),
      effects: () => null,
    });
    expect(ended).toMatchObject([{ state: "completed", attempt: 1 }]);
  });

  it("travels over long delays at once", async () => {
    const YEAR_MS = 365 * 86_400_000;
    const rehearsal = orderThat(({ payload }, _, queue) =>
      queue.enqueue("receipt", payload, { delayMs: YEAR_MS }),
    );
    const { jobs } = await rehearse(rehearsal);
    expect(jobs.map(({ state }) => state)).toEqual(["completed", "completed"]);
  });

  it("takes its world down", async () => {
    let down = 0;
    await rehearse({ ...orderThat(soundly), tearDown: () => void down++ });
    expect(down).toBe(1);
  });
});
