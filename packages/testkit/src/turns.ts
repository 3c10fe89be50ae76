/** Resolves after the event loop has had so many turns. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
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
