import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, inject, type TestContext } from "vitest";
import type { PostgresForTests } from "../../../scripts/servers/postgres-for-tests.ts";

/** Where a test finds tables of its own, as superuser. */
interface Place {
  readonly url: string;
  readonly schema: string;
}

const server = await postgresOfThisRun();

/** What this file has asked for, as statements that drop it. */
const drops: string[] = [];

afterAll(dropAll, 60_000);

/** Skips the test where there is no server: `beforeEach(needPostgres)`. */
export function needPostgres({ skip }: TestContext): void {
  skip(server.missing !== undefined, server.missing);
}

/** The URL of a new, empty database, as superuser; it is dropped after the file's last test. It costs some 50 ms. */
export async function freshDatabase(): Promise<string> {
  const name = freshName();
  await tell([`create database ${name}`]);
  drops.push(`drop database if exists ${name} with (force)`);
  const url = new URL(sharedUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * The name of a schema that nobody has created yet, in the shared database; it is dropped after the file's last test. It
 * costs nothing. But channels and advisory locks are the whole database's: what is not told apart by the schema's name
 * meets other tests.
 */
export function freshSchema(): Place {
  const schema = freshName();
  drops.push(`drop schema if exists ${schema} cascade`);
  return { url: sharedUrl(), schema };
}

/** The URL of the database that all tests share. */
function sharedUrl(): string {
  if (server.url === undefined) throw new Error(server.missing);
  return server.url;
}

async function postgresOfThisRun(): Promise<PostgresForTests> {
  const response = await fetch(inject("postgresDesk"));
  const told = (await response.json()) as PostgresForTests | { readonly error: string };
  if ("error" in told) throw new Error(told.error);
  return told;
}

/** Several runs may share a server. */
function freshName(): string {
  return `turno_${randomBytes(8).toString("hex")}`;
}

async function dropAll(): Promise<void> {
  if (drops.length === 0) return;
  // Or else a store that was left open would hold this up for ever, and nobody would see what.
  await tell(["set lock_timeout = '10s'", ...drops.splice(0)]);
}

async function tell(statements: readonly string[]): Promise<void> {
  const client = new pg.Client(sharedUrl());
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
