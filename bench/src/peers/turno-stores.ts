import { MemoryStore } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { openWasmStore } from "@turno/store-wasm";
import Database from "better-sqlite3";
import type { Entry, Peer, Setup } from "../peer.ts";
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
  return test === "L" ? "its jobs end with its close, and this test opens it anew" : undefined;
}
