/** What a program of `processes/` tells who started it. */
export type News<T> =
  | { readonly kind: "ready" }
  | { readonly kind: "result"; readonly result: T }
  | { readonly kind: "error"; readonly message: string };

/** Runs a program that somebody started with `options`, and tells him what came of it. */
export async function report<O, T>(measure: (options: O) => Promise<T>): Promise<void> {
  // Who started it has ended, or has heard the result.
  process.once("disconnect", () => process.exit());
  try {
    const result = await measure(JSON.parse(process.argv[2] ?? "{}"));
    tell({ kind: "result", result });
  } catch (error) {
    tell({ kind: "error", message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

export function tellReady(): void {
  tell({ kind: "ready" });
}

function tell(news: News<unknown>): void {
  process.send?.(news);
}
