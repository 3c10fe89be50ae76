import type { Row } from "../connection/queryable.ts";
import { beatText, beatOf } from "./beat.ts";
import { bellIn, channelOf } from "./channel.ts";
import { lockText, PROCESS_SQL } from "./lock.ts";
import { plainError, type SessionData, type SessionNews } from "./session-messages.ts";

/** The part of `pg`'s Client that a session uses. */
export interface SessionClient {
  /** The server's process, as whoever took the connection has said. */
  readonly processID: number | null;
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  on(
    event: "notification",
    listener: (message: { readonly payload?: string | undefined }) => void,
  ): unknown;
  on(event: "error" | "end", listener: (error?: Error) => void): unknown;
  end(): Promise<void>;
}

export type NewClient = (config: object) => SessionClient;

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** A server that says nothing for so long is lost: another connection is tried. */
const ANSWER_MS = 5_000;

/**
 * One connection that is there as long as its store: it beats, holds the lock that the server frees with it, and hears the
 * bells. When it is lost it makes itself anew.
 */
export class Session {
  readonly #data: SessionData;
  readonly #newClient: NewClient;
  readonly #tell: (news: SessionNews) => void;
  #client: SessionClient | undefined;
  #waitMs = FIRST_WAIT_MS;
  #timer: NodeJS.Timeout | undefined;
  #connecting: Promise<void> | undefined;
  #stays = false;
  #isHeld = false;
  #ended = false;

  constructor(data: SessionData, newClient: NewClient, tell: (news: SessionNews) => void) {
    this.#data = data;
    this.#newClient = newClient;
    this.#tell = tell;
    this.#connect();
  }

  /** Resolves when the worker has beaten; rejects where the server cannot be reached. */
  async beat(worker: number): Promise<void> {
    await this.#connecting;
    const client = this.#client;
    if (client === undefined)
      throw Object.assign(new Error("Postgres cannot be reached"), { code: "StoreUnreachable" });
    let row: Row | undefined;
    try {
      const { rows } = await client.query(beatText(this.#data.schema), [String(worker)]);
      row = rows[0] as Row | undefined;
    } catch (error) {
      // Whatever it was: a connection that does not answer a beat is given up.
      this.#lose(client, error);
      throw error;
    }
    this.#tell({ kind: "reply", worker, ...beatOf(row) });
    if (!this.#stays || this.#isHeld) return;
    // A lock that a lost connection left behind is free once the server has noticed.
    await this.#hold(client);
    if (this.#isHeld) this.#tell({ kind: "connected", held: true });
  }

  /** Lets go of the lock, so that others see at once that nothing is done here any more. */
  async letGo(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    await this.#client?.query("SELECT pg_advisory_unlock_all()").catch(() => {});
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#connecting;
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  #connect(): void {
    this.#connecting = this.#open().finally(() => {
      this.#connecting = undefined;
    });
  }

  async #open(): Promise<void> {
    if (this.#ended) return;
    const client = this.#newClient({
      ...this.#data.config,
      query_timeout: ANSWER_MS,
      connectionTimeoutMillis: ANSWER_MS,
      keepAlive: true,
    });
    client.on("error", (error) => this.#lose(client, error));
    client.on("end", () => this.#lose(client, new Error("the connection was ended")));
    try {
      await client.connect();
      this.#stays = this.#data.stays && (this.#data.isTrusted || (await isDirect(client)));
      if (this.#stays) {
        client.on("notification", ({ payload }) => this.#ring(payload));
        await client.query(`LISTEN "${channelOf(this.#data.schema)}"`);
        await this.#hold(client);
      }
    } catch (error) {
      await client.end().catch(() => {});
      return this.#tryAgain(error);
    }
    if (this.#ended) {
      await client.end().catch(() => {});
      return;
    }
    this.#client = client;
    this.#waitMs = FIRST_WAIT_MS;
    this.#tell({ kind: "connected", held: this.#isHeld });
  }

  async #hold(client: SessionClient): Promise<void> {
    const { rows } = await client.query(lockText(this.#data.schema, this.#data.sign));
    this.#isHeld = (rows[0] as Row | undefined)?.["held"] === true;
  }

  #ring(payload: string | undefined): void {
    const bells = bellIn(payload, this.#data.sign);
    for (const bell of bells) this.#tell({ kind: "bell", bell });
  }

  #lose(client: SessionClient, error: unknown): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#isHeld = false;
    void client.end().catch(() => {});
    this.#tryAgain(error);
  }

  #tryAgain(error: unknown): void {
    if (this.#ended) return;
    this.#tell({ kind: "disconnected", error: plainError(error) });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), this.#waitMs * (0.5 + Math.random() / 2));
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }
}

/**
 * Whether the server itself took the connection. A pooler gives numbers of its own, and may hand on to others what is
 * left behind here: a lock would then be held for nobody, or freed while its holder lives.
 */
async function isDirect(client: SessionClient): Promise<boolean> {
  const { rows } = await client.query(PROCESS_SQL);
  return Number((rows[0] as Row | undefined)?.["pid"]) === client.processID;
}
