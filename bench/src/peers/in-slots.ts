/** Does something with each of `items`, in order, with up to `slots` of them at a time. */
export async function inSlots<T>(
  slots: number,
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const takeTurns = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: slots }, takeTurns));
}
