import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { AnswerLost, StoreError } from "@turno/core";
import pg from "pg";
import { expect, it } from "vitest";
import { Connection } from "../../src/connection/connection.ts";
import { freshSchema, needPostgres } from "../postgres-url.ts";

// A client that nobody listens to ends its process by its "error", and a pool listens only to those that are not in use.
it("a connection that is reset under a statement rejects that one, and ends no process", async (context) => {
  needPostgres(context);
  const pool = new pg.Pool({ connectionString: freshSchema().url });
  const connection = new Connection(pool, { prepare: false, own: false });
  const acquired = once(pool, "acquire") as Promise<[{ connection: { stream: Socket } }]>;
  const asleep = connection.query("SELECT pg_sleep(60)");
  const [client] = await acquired;
  setTimeout(() => client.connection.stream.destroy(new Error("reset")), 50);
  await expect(asleep).rejects.toThrow(AnswerLost);
  expect(await connection.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await pool.end();
});

it("a connection that ends as soon as it is made ends no process", async () => {
  const isReady = [0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49];
  const words = Buffer.from("SFATAL\0C57P01\0Mterminating connection\0\0");
  const isOver = [0x45, 0, 0, 0, words.length + 4, ...words];
  const server = createServer((socket) => {
    // In one piece, so that the client has no moment between the two.
    socket.once("data", () => socket.end(Buffer.from([...isReady, ...isOver])));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  const connection = new Connection(pool, { prepare: false, own: false });
  await expect(connection.query("SELECT 1")).rejects.toThrow(StoreError);
  await pool.end();
  server.close();
});
