import { setImmediate as turn } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import type { Views } from "../peer.ts";

/** The bare statements of a dashboard and a janitor; a thousand rows a commit, and others have their turn in between. */
export function rawViews(db: Database): Views {
  const counts = db.prepare("SELECT state, count(*) FROM job GROUP BY state");
  const page = db.prepare("SELECT * FROM job WHERE state = 3 ORDER BY seq DESC LIMIT 50");
  const prune = db.prepare(
    "DELETE FROM job WHERE seq IN (SELECT seq FROM job WHERE state = 2 ORDER BY seq LIMIT 1000)",
  );
  return {
    counts: async () => counts.all(),
    page: async () => page.all(),
    async prune() {
      while (prune.run().changes > 0) await turn();
    },
  };
}
