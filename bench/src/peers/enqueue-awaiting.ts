const PRODUCERS = 100;

/** 100 producers that enqueue `n` jobs in all, each of them one after the other. */
export async function enqueueAwaiting(
  n: number,
  enqueue: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const produce = async () => {
    while (next < n) await enqueue(next++);
  };
  await Promise.all(Array.from({ length: PRODUCERS }, produce));
}
