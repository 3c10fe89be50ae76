import { type Connection, LONG_MS } from "../connection/connection.ts";

/** A claim walks over what was claimed and not yet swept away: 14 ns for each. */
const MOST_CLAIMED = 20_000;

/**
 * Has the tables swept that every claim empties. Autovacuum comes once a minute; until then each claim would walk over all
 * that was claimed in that minute. They are narrow, and hold only what is ready and who has claimed what.
 */
export class Sweeping {
  readonly #connection: Connection;
  readonly #schema: string;
  #claimed = 0;
  #isSweeping = false;

  constructor(connection: Connection, schema: string) {
    this.#connection = connection;
    this.#schema = schema;
  }

  note(claimed: number): void {
    this.#claimed += claimed;
    if (this.#claimed < MOST_CLAIMED || this.#isSweeping) return;
    this.#claimed = 0;
    this.#isSweeping = true;
    void this.#sweep().finally(() => {
      this.#isSweeping = false;
    });
  }

  async #sweep(): Promise<void> {
    const tables = ["ready", "claims"].map((table) => `${this.#schema}.${table}`).join(", ");
    // Who may not does without: only a table's owner may, and then autovacuum comes in its own time.
    await this.#connection
      .query(`VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, TRUNCATE OFF) ${tables}`, [], {
        limitMs: LONG_MS,
      })
      .catch(() => {});
  }
}
