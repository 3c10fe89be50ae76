import { defineJobs, json, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";

/** A file with rows of a caller's, orders and parcels, and with the queue; and how it is opened. */
export interface ShopOptions {
  readonly path: string;
  readonly durability: "full" | "normal";
  /** Whether the queue is opened on the caller's own connection, or on another one to the same file. */
  readonly handedIn: boolean;
}

/** A process that works in the shop. */
export interface Shift extends ShopOptions {
  readonly seed: number;
  /** The path of the file in which it writes where it is. */
  readonly log: string;
  /** It kills itself when it comes to this place for the nth time; without it, somebody else kills it. */
  readonly fuse?: { readonly place: Place; readonly nth: number };
  /** It takes no orders, packs what is left, and ends. */
  readonly isLast?: boolean;
}

export type Shop = ReturnType<typeof openShop>;

/** Where a shift can be in a transaction that takes an order or packs a parcel, and after it. */
export const PLACES = (["order", "parcel"] as const).flatMap((deal) =>
  (["begun", "half", "whole", "rolled back", "committed", "told"] as const).map(
    (step) => `${deal} ${step}` as const,
  ),
);
export type Place = (typeof PLACES)[number];

/** A job for each part of an order. What is doomed is written in transactions that are rolled back on purpose. */
export const jobs = defineJobs({
  pack: {
    payload: json<{ order: number; part: number; doomed: boolean }>(),
    result: json<{ attempt: number }>(),
    maxAttempts: 1_000_000,
    backoff: { kind: "fixed", baseMs: 1 },
  },
});

/** Opens the shop, which is set up where there is none. */
export function openShop({ path, durability, handedIn }: ShopOptions) {
  const database = new Database(path);
  const store = openSqliteStore(handedIn ? database : path, { durability });
  database.pragma(`synchronous = ${durability}`);
  database.exec(`
    CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, parts INTEGER, doomed INTEGER);
    CREATE TABLE IF NOT EXISTS parcels (job TEXT, attempt INTEGER, doomed INTEGER);
  `);
  return { database, store, queue: new Queue({ store, jobs }) };
}
