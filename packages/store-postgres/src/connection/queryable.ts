/** A row, by the names of its columns; how integers of 64 bits come depends on the driver. */
export type Row = Readonly<Record<string, unknown>>;

/** The part of a client that the store uses: `pg`'s Pool, Client and PoolClient have it, and PGlite. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** What a pool of `pg` is told by: it hands out clients. */
export interface PoolLike extends Queryable {
  connect(callback: (error: Error | undefined, client?: PoolClientLike) => void): void;
  readonly totalCount: number;
  on(event: "error", listener: (error: Error) => void): unknown;
  readonly options?: object;
  end(): Promise<void>;
}

export interface PoolClientLike extends Queryable {
  release(error?: Error | boolean): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

export function isQueryable(value: unknown): value is Queryable {
  return (
    typeof value === "object" &&
    value !== null &&
    "query" in value &&
    typeof value.query === "function"
  );
}

export function isPool(value: Queryable): value is PoolLike {
  return "totalCount" in value && "connect" in value && typeof value.connect === "function";
}

/** Whether statements may be given a name, under which they are prepared once a connection. */
export function takesNames(value: Queryable): boolean {
  return ("connect" in value && "escapeLiteral" in value) || isPool(value);
}
