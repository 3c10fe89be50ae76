import pg from "pg";
import { afterAll, beforeAll, expect, it, type TestContext } from "vitest";
import { findPostgres } from "../../scripts/servers/find-postgres.ts";
import { type Postgres, startPostgres } from "../../scripts/servers/postgres.ts";
import { MessageSplitter } from "../src/harness/message-splitter.ts";
import { PostgresProxy } from "../src/harness/postgres-proxy.ts";

const { missing } = await findPostgres();
let server: Postgres | undefined;

beforeAll(async () => {
  if (missing === undefined) server = await startPostgres();
  await server?.ask("create table notes (text text)");
}, 60_000);

afterAll(() => server?.stop());

it("messages are put together from any pieces", () => {
  const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
  const query = Buffer.from([0x51, 0, 0, 0, 7, 0x61, 0x62, 0]);
  const all = Buffer.concat([startup, query, query]);
  for (let size = 1; size <= all.length; size++) {
    const splitter = new MessageSplitter("client");
    const messages = [];
    for (let at = 0; at < all.length; at += size)
      messages.push(...splitter.push(all.subarray(at, at + size)));
    expect(messages.map(({ name }) => name)).toEqual(["", "Q", "Q"]);
    expect(Buffer.concat(messages.map(({ bytes }) => bytes))).toEqual(all);
  }
});

it("what is asked and answered passes through", async (context) => {
  await using way = await wayTo(context);
  expect(await way.tell("select repeat('x', 1000000) as text")).toMatchObject([
    { text: "x".repeat(1_000_000) },
  ]);
});

it("a request that is cut before it arrives is not carried out, and rejected", async (context) => {
  await using way = await wayTo(context);
  way.proxy.cutAround(/unheard/, "before it arrives");
  await expect(way.tell("insert into notes values ('unheard')")).rejects.toThrow(
    /ECONNRESET|ended/,
  );
  expect(way.proxy.cutsLeft).toBe(0);
  expect(await server?.ask("select count(*) from notes where text = 'unheard'")).toBe("0");
});

it("a request that is cut before its answer is carried out, and rejected", async (context) => {
  await using way = await wayTo(context);
  way.proxy.cutAround(/unanswered/, "before its answer");
  await expect(way.tell("insert into notes values ('unanswered')")).rejects.toThrow(
    /ECONNRESET|ended/,
  );
  expect(await server?.ask("select count(*) from notes where text = 'unanswered'")).toBe("1");
});

it("only requests in which the text stands are cut, and only so many", async (context) => {
  await using way = await wayTo(context);
  way.proxy.cutAround(/'this'/, "before it arrives");
  expect(await way.tell("select 'that' as text")).toEqual([{ text: "that" }]);
  await expect(way.tell("select 'this'")).rejects.toThrow();
  await using again = await wayTo(context, way.proxy);
  expect(await again.tell("select 'this' as text")).toEqual([{ text: "this" }]);
});

it("while it stands still nothing is answered and nobody is told, and then all is", async (context) => {
  await using way = await wayTo(context);
  way.proxy.standStill();
  let isAnswered = false;
  const answer = way.tell("select 1 as one").finally(() => (isAnswered = true));
  await server?.ask("select");
  expect(isAnswered).toBe(false);
  way.proxy.goOn();
  expect(await answer).toEqual([{ one: 1 }]);
});

it("answers that are held back keep their order", async (context) => {
  await using way = await wayTo(context);
  way.proxy.delay(30);
  const first = way.tell("select 1 as one");
  way.proxy.delay(0);
  expect(await first).toEqual([{ one: 1 }]);
  expect(await way.tell("select generate_series(1, 3) as n")).toEqual([
    { n: 1 },
    { n: 2 },
    { n: 3 },
  ]);
});

it("it refuses connections for a while, on the same port", async (context) => {
  await using way = await wayTo(context);
  way.proxy.refuse();
  await expect(wayTo(context, way.proxy)).rejects.toThrow(/ECONNREFUSED/);
  expect(await way.tell("select 1 as one")).toEqual([{ one: 1 }]);
  await way.proxy.accept();
  await using again = await wayTo(context, way.proxy);
  expect(await again.tell("select 2 as two")).toEqual([{ two: 2 }]);
});

/** A client that is connected through a proxy, its own or that one. */
async function wayTo({ skip }: TestContext, through?: PostgresProxy) {
  skip(missing !== undefined, missing);
  const proxy = through ?? (await PostgresProxy.start(server?.port ?? 0));
  const client = new pg.Client(proxy.urlOf(server?.url() ?? ""));
  client.on("error", () => {});
  await client.connect();
  return {
    proxy,
    tell: async (sql: string) => (await client.query(sql)).rows as unknown[],
    async [Symbol.asyncDispose]() {
      await client.end().catch(() => {});
      if (through === undefined) proxy.close();
    },
  };
}
