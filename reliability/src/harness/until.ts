import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again whether something is so; says whether it was within `withinMs`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}
