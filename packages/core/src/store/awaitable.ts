/** A value, or a promise of it: a synchronous store declares the plain value. */
export type Awaitable<T> = T | Promise<T>;
