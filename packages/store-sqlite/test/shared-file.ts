import type { RunningJob } from "@turno/core";
import { type DamagedRows, SqliteStore } from "@turno/store-sqlite";
import Database from "better-sqlite3";
import { expect, onTestFinished } from "vitest";
import { betterSqlitePort } from "./better-sqlite-port.ts";
import { temporaryFile } from "./temporary-file.ts";

export const NOW = 5_000;

/** The integers at the ends of what SQLite keeps. */
export const LARGEST = "9223372036854775807";
export const SMALLEST = "-9223372036854775808";

/** A store with a worker, on a file into which a stranger writes over a connection of its own. */
export function sharedFile() {
  const file = temporaryFile();
  const store = new SqliteStore(betterSqlitePort(file));
  const stranger = new Database(file);
  onTestFinished(() => {
    store.close();
    stranger.close();
  });
  const worker = store.join({ leaseMs: 30_000 });
  return {
    store,
    stranger,
    worker,
    /** Changes one row. */
    damage(seq: number, change: string): void {
      const update = stranger.prepare(`UPDATE turno_jobs SET ${change} WHERE seq = ?`);
      expect(update.run(seq).changes).toBe(1);
    },
    claim({ limit = 10, types }: Claim = {}): readonly RunningJob[] {
      return store.commit({ now: NOW, claim: { worker, limit, types } }).claimed;
    },
    rowOf(seq: number): unknown {
      return stranger.prepare("SELECT * FROM turno_jobs WHERE seq = ?").get(seq);
    },
    damaged(): DamagedRows {
      for (const steps = store.damagedInSteps(); ; ) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    },
  };
}

interface Claim {
  readonly limit?: number;
  readonly types?: readonly string[];
}
