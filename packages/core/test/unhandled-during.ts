import { turns } from "./turns.ts";

/** What was rejected without anybody to see it while `work` ran; Node ends a process for one of these. */
export async function unhandledDuring(work: () => Promise<void>): Promise<readonly unknown[]> {
  const others = process.listeners("unhandledRejection");
  const unhandled: unknown[] = [];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => unhandled.push(reason));
  try {
    await work();
    await turns();
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return unhandled;
}
