/** What `read` gives; a `TypeError` that names `what` is read where a getter or a proxy throws meanwhile. */
export function readOnce<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TypeError(`${what} cannot be read: looking at it throws`, { cause });
  }
}
