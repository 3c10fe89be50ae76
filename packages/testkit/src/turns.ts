/** Resolves after the event loop has had so many turns. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

/** How many turns the event loop has until `work` is settled. */
export async function turnsUntil(work: Promise<unknown>): Promise<number> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  work.then(settle, settle);
  let count = 0;
  for (; !isSettled; count++) await nextTurn();
  return count;
}

function nextTurn(): Promise<void> {
  const setImmediate: unknown = Reflect.get(globalThis, "setImmediate");
  if (typeof setImmediate === "function") {
    return new Promise((resolve) => void setImmediate(resolve));
  }
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
