/** What a promise gives, or what it is rejected with; never rejects, so that it may wait for its reader. */
export function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}
