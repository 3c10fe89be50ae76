const THOUSAND = 1_000;

/** Calls `store` for the jobs `from` to `to`, exclusive, a thousand at a time, one call after the other. */
export async function inThousands(
  n: number,
  store: (from: number, to: number) => Promise<unknown> | void,
): Promise<void> {
  for (let from = 0; from < n; from += THOUSAND) await store(from, Math.min(n, from + THOUSAND));
}
