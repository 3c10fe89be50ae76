import { AnswerLost, StoreClosed } from "@turno/core";
import { isPool, type Queryable, type Row, takesNames } from "./queryable.ts";
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
  readonly #prepare: boolean;
  #closed = false;

  constructor(target: Queryable, { prepare, own }: ConnectionOptions) {
    this.#target = target;
    this.#own = own;
    this.#prepare = prepare && takesNames(target);
  }

  /** The rows of one statement. */
  async query(
    text: string,
    values: unknown[] = [],
    { name, limitMs = ANSWER_MS }: Sending = {},
  ): Promise<readonly Row[]> {
    if (this.#closed) throw new StoreClosed("the store is closed; open it anew");
    const target = this.#target;
    const send = (client: Queryable) =>
      inTime(
        limitMs,
        this.#prepare && name !== undefined
          ? askByName(client, name, text, values)
          : ask(client, text, values),
      );
    if (!isPool(target)) return await send(target);
    const client = await target.connect().catch((error: unknown) => {
      throw storeErrorOf(error, false);
    });
    try {
      const rows = await send(client);
      client.release();
      return rows;
    } catch (error) {
      // What has lost its connection, or may still be answered, is not handed out again.
      client.release(error instanceof AnswerLost);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#own && isPool(this.#target)) await this.#target.end();
  }
}

/** Asks over a client as it is, a caller's perhaps. */
export async function ask(
  client: Queryable,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> {
  return rowsOf(client.query(text, values));
}

async function askByName(
  client: Queryable,
  name: string,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> {
  const statement: unknown = { name, text, values };
  return rowsOf(client.query(statement as string));
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
