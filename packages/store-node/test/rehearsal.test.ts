import { defineJobs, json } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { checkIdempotent, NotIdempotent, type Rehearsal } from "@turno/testkit";
import Database from "better-sqlite3";
import { expect, it } from "vitest";

const jobs = defineJobs({ pay: { payload: json<{ cents: number }>() } });

/** A ledger in the same database as the jobs. */
function openLedger() {
  const database = new Database(":memory:");
  database.exec("CREATE TABLE paid (cents INTEGER)");
  const insert = database.prepare("INSERT INTO paid VALUES (?)");
  return {
    database,
    pay: (cents: number) => void insert.run(cents),
    inTransaction: (work: () => void) => database.transaction(work)(),
  };
}

type Ledger = ReturnType<typeof openLedger>;
type Store = ReturnType<typeof openSqliteStore>;

const payment: Omit<Rehearsal<typeof jobs, Ledger, Store>, "handlers"> = {
  jobs,
  job: { type: "pay", payload: { cents: 5 } },
  setUp: openLedger,
  store: ({ database }) => openSqliteStore(database),
  effects: ({ database }) => database.prepare("SELECT cents FROM paid").all(),
  tearDown: ({ database }) => void database.close(),
};

it("a payment in the transaction that completes its job is made once, wherever the process is killed", async () => {
  const { steps } = await checkIdempotent({
    ...payment,
    handlers: ({ database, pay, inTransaction }, { queue }) => ({
      pay: (job) => {
        inTransaction(() => {
          pay(job.payload.cents);
          queue.within(database).complete(job);
        });
      },
    }),
  });
  expect(steps).toEqual(["1 inTransaction", "2 pay", "3 queue.within"]);
});

it("a payment before that transaction is made twice", async () => {
  const check = checkIdempotent({
    ...payment,
    handlers: ({ database, pay, inTransaction }, { queue }) => ({
      pay: (job) => {
        pay(job.payload.cents);
        inTransaction(() => void queue.within(database).complete(job));
      },
    }),
  });
  await expect(check).rejects.toThrow(NotIdempotent);
  await expect(check).rejects.toMatchObject({ plan: ["crash after step 1"] });
});
