type Schedule = (callback: () => void) => void;

/** Calls back after the event loop has had a turn: timers, I/O and messages come first. */
export const soon: Schedule =
  bySetImmediate() ?? byMessage() ?? ((callback) => void setTimeout(callback, 0));

function bySetImmediate(): Schedule | undefined {
  const setImmediate: unknown = Reflect.get(globalThis, "setImmediate");
  return typeof setImmediate === "function" ? (setImmediate as Schedule) : undefined;
}

/** Browsers clamp nested timers to 4 ms, but not messages. */
function byMessage(): Schedule | undefined {
  if (typeof MessageChannel === "undefined") return undefined;
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(null);
  };
}
