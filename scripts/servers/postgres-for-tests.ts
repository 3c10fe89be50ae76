import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { findPostgres } from "./find-postgres.ts";
import { FAST, type Postgres, startPostgres } from "./postgres.ts";

/** The URL of a Postgres where tests may create and drop what they like, or why there is none and how to get one. */
export type PostgresForTests =
  | { readonly url: string; readonly missing?: undefined }
  | { readonly url?: undefined; readonly missing: string };

declare module "vitest" {
  interface ProvidedContext {
    /** Whom a test file asks for a Postgres: the answer is JSON, a `PostgresForTests` or an `error`. */
    readonly postgresDesk: string;
  }
}

/** Test files run beside each other, each with pools of its own. */
const SETTINGS = { ...FAST, max_connections: 400 };

let desk: Server | undefined;
let answer: Promise<PostgresForTests> | undefined;
let own: Postgres | undefined;

/**
 * Has a server ready for the tests of a project: that of TURNO_POSTGRES_URL, else a throwaway one. It is started when a
 * test file first asks, so that nobody waits for it who needs none, and its trouble is not that of all tests.
 */
export async function setup({ provide }: TestProject): Promise<void> {
  desk = createServer((_, response) => void tell(response)).listen(0, "127.0.0.1");
  await once(desk, "listening");
  provide("postgresDesk", `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
}

export async function teardown(): Promise<void> {
  desk?.closeAllConnections();
  desk?.close();
  // It may still be starting.
  await answer?.catch(() => {});
  await own?.stop();
}

async function tell(response: ServerResponse): Promise<void> {
  answer ??= postgresForTests();
  const told = await answer.catch((error: unknown) => ({ error: String(error) }));
  response.end(JSON.stringify(told));
}

async function postgresForTests(): Promise<PostgresForTests> {
  const given = givenUrl();
  if (given !== undefined) return { url: given };
  const { missing } = await findPostgres();
  if (missing !== undefined)
    return { missing: `${missing}, or set TURNO_POSTGRES_URL to one that runs` };
  own = await startPostgres({ settings: SETTINGS });
  return { url: own.url() };
}

function givenUrl(): string | undefined {
  const given = process.env["TURNO_POSTGRES_URL"];
  if (given === undefined || given === "") return undefined;
  if (/^postgres(ql)?:\/\//.test(given) && URL.canParse(given)) return given;
  throw new TypeError(
    `TURNO_POSTGRES_URL must be like postgres://user:password@host:5432/database, and is ${given}`,
  );
}
