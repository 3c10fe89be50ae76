/** Scheduled together, since the event loop's own turn costs more than what is done in it. */
const AT_ONCE = 32;

/**
 * Calls `next` again and again until it says that there is no more. Between two calls all microtasks run that the first
 * one has set off, and whatever promise it gave is waited for.
 */
export function oneByOne(next: () => boolean | Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    let scheduled = 0;
    let isWaiting = false;
    let isOver = false;
    const schedule = () => {
      for (; scheduled < AT_ONCE; scheduled++) later(turn);
    };
    const goOn = (isMore: boolean) => {
      isWaiting = false;
      if (isMore) return scheduled === 0 ? schedule() : undefined;
      isOver = true;
      resolve();
    };
    const fail = (error: unknown) => {
      isOver = true;
      reject(error);
    };
    const turn = () => {
      scheduled--;
      if (isOver || isWaiting) return;
      try {
        const isMore = next();
        if (typeof isMore === "boolean") return goOn(isMore);
        isWaiting = true;
        isMore.then(goOn, fail);
      } catch (error) {
        fail(error);
      }
    };
    schedule();
  });
}

const later = bySetImmediate() ?? byMessage();

function bySetImmediate(): ((callback: () => void) => void) | undefined {
  const setImmediate: unknown = Reflect.get(globalThis, "setImmediate");
  return typeof setImmediate === "function" ? (setImmediate as typeof later) : undefined;
}

function byMessage(): (callback: () => void) => void {
  return (callback) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  };
}
