import { MemoryStore } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { openPostgresStore } from "@turno/store-postgres";
import { openWasmStore } from "@turno/store-wasm";
import Database from "better-sqlite3";
import type { Entry, Peer, Setup } from "../peer.ts";
import { postgresDurability } from "../servers/ask-postgres.ts";
import { durabilityOf } from "./durability-of.ts";
import { turno } from "./turno.ts";

const NONE = "none: lost with its process";

export const TURNO: readonly Entry[] = [
  {
    name: "Turno NORMAL",
    packages: [],
    open: async (setup) => onFile(setup, "normal"),
  },
  {
    name: "Turno FULL",
    packages: [],
    open: async (setup) => onFile(setup, "full"),
  },
  {
    name: "Turno memory",
    packages: [],
    unfit: inOneProcess,
    open: async (setup) => turno(setup, { store: new MemoryStore(), durability: NONE }),
  },
  {
    name: "Turno sql.js",
    packages: [],
    unfit: inOneProcess,
    async open(setup) {
      const store = await openWasmStore({ persistence: "memory" });
      return turno(setup, { store, durability: NONE });
    },
  },
  {
    name: "Turno, PostgreSQL",
    server: "postgres",
    // That its durability may be asked for: the store finds a pg of its own.
    packages: ["pg"],
    async open(setup) {
      const store = await openPostgresStore(setup.storage);
      return turno(setup, { store, durability: await postgresDurability(setup.storage) });
    },
  },
];

function onFile(setup: Setup, durability: "normal" | "full"): Peer {
  // Handed in, so that it can be asked how durable it is.
  const database = new Database(setup.storage);
  const store = openSqliteStore(database, { durability });
  return turno(setup, {
    store,
    durability: durabilityOf(database),
    close: () => database.close(),
  });
}

function inOneProcess(test: string): string | undefined {
  if (test === "M2" || test === "D2") return "it lives in one process";
  return /^[FL]$/.test(test)
    ? "its jobs end with its close, and this test opens it anew"
    : undefined;
}
