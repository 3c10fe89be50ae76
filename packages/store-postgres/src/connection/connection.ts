import { StoreClosed } from "@turno/core";
import { isPool, type Queryable, type Row, takesNames } from "./queryable.ts";
import { storeErrorOf } from "./store-error-of.ts";

interface ConnectionOptions {
  /** Whether statements are prepared once a connection, under a name. */
  readonly prepare: boolean;
  /** Whether to end what was handed over when the store closes. */
  readonly own: boolean;
}

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

  /** The rows of one statement. With a `name` it is prepared once a connection, where that may be. */
  async query(text: string, values: unknown[] = [], name?: string): Promise<readonly Row[]> {
    if (this.#closed) throw new StoreClosed("the store is closed; open it anew");
    const statement: unknown =
      name !== undefined && this.#prepare ? { name, text, values } : undefined;
    const target = this.#target;
    if (!isPool(target)) return await ask(target, text, values, statement);
    const client = await target.connect().catch((error: unknown) => {
      throw storeErrorOf(error, false);
    });
    try {
      const rows = await ask(client, text, values, statement);
      client.release();
      return rows;
    } catch (error) {
      // A client that has lost its connection is not handed out again.
      client.release(error instanceof Error && isLost(error));
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
  statement?: unknown,
): Promise<readonly Row[]> {
  try {
    const answer = await (statement === undefined
      ? client.query(text, values)
      : client.query(statement as string));
    return answer.rows as readonly Row[];
  } catch (error) {
    throw storeErrorOf(error, true);
  }
}

function isLost(error: Error): boolean {
  return "code" in error && error.code === "AnswerLost";
}
