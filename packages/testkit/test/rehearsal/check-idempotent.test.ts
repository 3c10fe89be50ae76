import { defineJobs, json, RetryAfter, type Store } from "@turno/core";
import { checkIdempotent, type Fault, NotIdempotent, type Rehearsal } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { type jobs, orderThat, type Shop, soundly, type Work } from "./shop.ts";

/** How the check of an order whose handler does `work` fails. */
async function failureOf(work: Work, options?: Parameters<typeof checkIdempotent>[1]) {
  return await rejectionOf(checkIdempotent(orderThat(work), options));
}

async function rejectionOf(check: Promise<unknown>): Promise<NotIdempotent> {
  const error = await check.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof NotIdempotent)) throw error ?? new Error("no fault was found");
  return error;
}

const carelessly: Work = async ({ payload: { order } }, { cards, orders }) => {
  await cards.charge(order);
  orders.save(order);
};

describe("checkIdempotent", () => {
  it("passes a handler that is idempotent, and says what it has tried", async () => {
    const { steps, plans } = await checkIdempotent(orderThat(soundly));
    expect(steps).toEqual(["1 cards.charge", "2 orders.save", "3 queue.enqueue", "4 mailer.send"]);
    // Two after each run, four at each step but for the synchronous one, where no lease can be lost; and the random ones.
    expect(plans).toBe(2 * 2 + 3 * 4 + 2 + 50);
  });

  it("finds a charge without a key, and says what to see, what happened and how to see it again", async () => {
    const { message, plan } = await failureOf(carelessly);
    expect(
      message,
    ).toBe(`the handler is not idempotent: what it leaves behind differs when its process is killed after run 1
  effects.charges[1] is {"order":7}, but should be absent
what happened:
  run 1 of "order", attempt 1: 1 cards.charge, 2 orders.save, killed after run 1
  run 2 of "order", attempt 2: 3 cards.charge, 4 orders.save, completed
to try only this again: checkIdempotent({ … }, { plan: ["crash after run 1"] })`);
    expect(plan).toEqual(["crash after run 1"]);
  });

  it("finds a follow-up job that is enqueued twice", async () => {
    const { message } = await failureOf(async ({ payload }, _, queue) => {
      await queue.enqueue("receipt", payload);
    });
    expect(message).toContain("effects.mails[1] is 7, but should be absent");
  });

  it("finds an insert that fails the second time, so that the job never ends well", async () => {
    const { message } = await failureOf(({ payload: { order } }, { orders }) =>
      orders.insert(order),
    );
    expect(message).toContain('jobs[0].state is "dead", but should be "completed"');
    expect(message).toContain("attempt 2: 2 orders.insert, failed (order 7 is there already)");
  });

  it("finds what is forgotten where attempts are not looked at", async () => {
    const { message, plan } = await failureOf(async ({ attempt, payload }, { cards, mailer }) => {
      if (attempt > 1) return;
      await cards.charge(payload.order);
      await mailer.send(payload.order);
    });
    expect(plan).toEqual(["crash before step 1"]);
    expect(message).toContain("effects.charges[0] is absent");
  });

  it("finds a look before the deed that another may do in between", async () => {
    const work: Work = async ({ payload: { order } }, { cards }) => {
      if (!(await cards.find(order))) await cards.charge(order);
    };
    const { message, plan } = await failureOf(work);
    expect(plan).toEqual(["lose lease after step 1"]);
    expect(message).toContain("differs when it loses its lease after step 1, cards.find\n");
    expect(message).toContain(
      '1 of "order", attempt 1: 1 cards.find, 4 cards.charge, lost its lease',
    );
  });

  it("finds by random plans what takes two faults, and the same ones for the same seed", async () => {
    const work: Work = async (job, shop, queue) => {
      if (job.attempt > 2) await shop.mailer.send(0);
      await soundly(job, shop, queue);
    };
    const errors = [await failureOf(work, { seed: 3 }), await failureOf(work, { seed: 3 })];
    const [first, second] = errors.map(({ message }) => message);
    expect(first).toBe(second);
    expect(errors[0]?.plan).toHaveLength(2);
    expect(first).toContain("(found at random with seed 3)");
  });

  it("finds the same again by the plan alone", async () => {
    const { plan, message } = await failureOf(carelessly);
    expect((await failureOf(carelessly, { plan })).message).toBe(message);
    await expect(
      checkIdempotent(orderThat(carelessly), { plan: ["crash before step 1"] }),
    ).resolves.toMatchObject({ plans: 1 });
  });

  it("carries both outcomes, so that a test runner can show how they differ", async () => {
    expect(await failureOf(carelessly)).toMatchObject({
      expected: { effects: { charges: [{ order: 7 }] } },
      actual: { effects: { charges: [{ order: 7 }, { order: 7 }] } },
    });
  });

  it("tries handlers that retry in the undisturbed run too", async () => {
    const once: Work = async (job, shop, queue) => {
      await soundly(job, shop, queue);
      if (job.attempt === 1) throw new RetryAfter(60_000, "not yet");
    };
    const { steps } = await checkIdempotent(orderThat(once), { randomPlans: 10 });
    expect(steps).toHaveLength(7);
  });
});

describe("checkIdempotent refuses", () => {
  const order = orderThat(soundly);
  const refusals: readonly [string, Rehearsal<typeof jobs, Shop, Store>, string][] = [
    [
      "a handler that takes no step, since nothing could be found",
      orderThat(() => {}),
      "no step was seen: the handler called no method of the world",
    ],
    [
      "a job that is dead undisturbed",
      orderThat(() => Promise.reject(new Error("always"))),
      'job "order" is dead though nothing was done to it: always',
    ],
    [
      "a job that has one attempt",
      { ...order, job: { type: "order", payload: { order: 7 }, maxAttempts: 1 } },
      "a job has no attempt left for a second run",
    ],
    [
      "effects that are never the same",
      { ...order, effects: () => ({ at: Math.random() }) },
      "the effects differ already from one undisturbed run to the next",
    ],
    [
      "effects that are no JSON",
      { ...order, effects: ({ saved }) => ({ saved }) },
      "effects.saved",
    ],
  ];

  it.each(refusals)("%s", async (_, rehearsal, message) => {
    await expect(checkIdempotent(rehearsal)).rejects.toThrow(message);
  });

  it("a plan that finds no place", async () => {
    const plan: Fault[] = ["crash after step 9"];
    await expect(checkIdempotent(order, { plan })).rejects.toThrow(
      '"crash after step 9" did not happen.',
    );
  });
});

describe("a handler's own types", () => {
  it("are those of the jobs", async () => {
    const typed = defineJobs({ square: { payload: json<number>(), result: json<number>() } });
    const { steps } = await checkIdempotent({
      jobs: typed,
      job: { type: "square", payload: 3 },
      setUp: () => ({ squares: new Map<number, number>() }),
      handlers: ({ squares }) => ({
        square: ({ payload }) => {
          squares.set(payload, payload ** 2);
          return payload ** 2;
        },
      }),
      effects: ({ squares }) => [...squares],
    });
    expect(steps).toEqual(["1 squares.set"]);
  });
});
