import { AnswerLost, StoreBusy, StoreClosed, StoreUnwritable } from "@turno/core";
import { isInTransaction } from "./callers-transaction.ts";
import {
  isPool,
  type PoolClientLike,
  type PoolLike,
  type Queryable,
  type Row,
  takesNames,
} from "./queryable.ts";
import { storeErrorOf } from "./store-error-of.ts";

interface ConnectionOptions {
  /** Whether statements are prepared once a connection, under a name. */
  readonly prepare: boolean;
  /** Whether to end what was handed over when the store closes. */
  readonly own: boolean;
}

/** How a statement is sent. */
interface Sending {
  /** Under this it is prepared once a connection, where that may be. */
  readonly name?: string;
  /** What has not been answered by then is lost. Default: 20 seconds. */
  readonly limitMs?: number;
}

/** TCP alone notices only after a quarter of an hour that a machine is gone. */
const ANSWER_MS = 20_000;

/** For what reads a whole table. */
export const LONG_MS = 600_000;

/** The way to the database: a pool or one client. What goes wrong comes out as a `StoreError`. */
export class Connection {
  readonly #target: Queryable;
  readonly #own: boolean;
  #prepare: boolean;
  /** One client has one statement at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(target: Queryable, { prepare, own }: ConnectionOptions) {
    this.#target = target;
    this.#own = own;
    this.#prepare = prepare && takesNames(target);
  }

  /** Whether several statements may be under way at once. */
  get isPool(): boolean {
    return isPool(this.#target);
  }

  /** The rows of one statement. */
  async query(
    text: string,
    values: unknown[] = [],
    { name, limitMs = ANSWER_MS }: Sending = {},
  ): Promise<readonly Row[]> {
    this.checkOpen();
    const isNamed = this.#prepare && name !== undefined;
    const send = (client: Queryable) =>
      inTime(
        limitMs,
        isNamed ? this.#askByName(client, name, text, values) : ask(client, text, values),
      );
    const target = this.#target;
    if (isPool(target)) return await withClient(target, send);
    const sent = this.#turn.then(() => outsideTransactions(target, send));
    this.#turn = sent.catch(() => {});
    return await sent;
  }

  /** Throws `StoreClosed` once the store is closed. */
  checkOpen(): void {
    if (this.#closed) throw new StoreClosed("the store is closed; open it anew");
  }

  async #askByName(
    client: Queryable,
    name: string,
    text: string,
    values: unknown[],
  ): Promise<readonly Row[]> {
    const statement: unknown = { name, text, values };
    try {
      return await rowsOf(client.query(statement as string));
    } catch (error) {
      if (!isOfNames(error)) throw error;
      // Nothing was done yet. A pooler has handed the connection on, and names mean nothing behind it.
      this.#prepare = false;
      return ask(client, text, values);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#own && isPool(this.#target)) await this.#target.end();
  }
}

/** What goes over a client that its owner may use, too, must not come into a transaction of his, which may be rolled back. */
async function outsideTransactions<T>(
  client: Queryable,
  send: (client: Queryable) => Promise<T>,
): Promise<T> {
  if (isInTransaction(client) === true)
    throw new StoreBusy(
      "a transaction of yours is open on the client that the store was opened with; end it, or open the store on a pool",
    );
  const given = await send(client);
  // It may have begun between the two.
  if (isInTransaction(client) === true)
    throw new AnswerLost(
      "this was written in a transaction of yours on the client that the store was opened with, and is kept only if you " +
        "commit it; open the store on a pool",
    );
  return given;
}

async function withClient<T>(pool: PoolLike, send: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await clientOf(pool);
  try {
    const given = await send(client);
    client.off?.("error", ignore);
    client.release();
    return given;
  } catch (error) {
    // What has lost its connection, or may still be answered, is not handed out again; nor is what leads to a server that
    // may only be read by now. Nobody else listens to those.
    const isUseless = error instanceof AnswerLost || error instanceof StoreUnwritable;
    if (!isUseless) client.off?.("error", ignore);
    client.release(isUseless);
    throw error;
  }
}

/**
 * A client of the pool. The pool listens only to those that nobody uses: what befalls this one is told by its statement, and
 * would end the process if nobody heard it, so it is listened to in the very moment in which the pool does so no more.
 */
function clientOf(pool: PoolLike): Promise<PoolClientLike> {
  return new Promise((resolve, reject) =>
    pool.connect((error, client) => {
      client?.on?.("error", ignore);
      if (client === undefined) reject(storeErrorOf(error, false));
      else resolve(client);
    }),
  );
}

function ignore(): void {}

/** Asks over a client as it is, a caller's perhaps. */
export async function ask(
  client: Queryable,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> {
  return rowsOf(client.query(text, values));
}

/** Whether a statement under this name is there already, or is not. */
function isOfNames(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return code === "42P05" || code === "26000";
}

async function rowsOf(answer: ReturnType<Queryable["query"]>): Promise<readonly Row[]> {
  try {
    return (await answer).rows as readonly Row[];
  } catch (error) {
    throw storeErrorOf(error, true);
  }
}

async function inTime<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(storeErrorOf(new Error(`no answer for ${limitMs} ms`), true)),
      limitMs,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
