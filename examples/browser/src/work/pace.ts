/** Waits for a part (0 to 1) of the time that a job should take at the least; throws once `signal` is aborted. */
export type Pace = (part: number, signal: AbortSignal) => Promise<void>;

/** The pace that the page's address asks for: `?slow=4` lets each job take 4 seconds or more, to be looked at. */
export function paceOf(search: string): Pace {
  const ms = Math.max(0, Number(new URLSearchParams(search).get("slow")) || 0) * 1_000;
  return async (part, signal) => {
    signal.throwIfAborted();
    if (ms === 0) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, part * ms);
      signal.addEventListener("abort", end);
    });
    signal.throwIfAborted();
  };
}
