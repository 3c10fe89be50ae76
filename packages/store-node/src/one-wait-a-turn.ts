import { StoreBusy } from "@turno/core";

/** Whether somebody has waited in vain in this turn of the event loop, on whatever store of this thread. */
let hasWaited = false;

/**
 * Does what may wait for somebody else's lock; `impatiently` instead where another has waited for one in vain in this turn of the
 * event loop. So however many find the store busy at once, the event loop stands still for one wait.
 */
export function oneWaitATurn<T>(patiently: () => T, impatiently: () => T): T {
  if (hasWaited) return impatiently();
  try {
    return patiently();
  } catch (error) {
    if (error instanceof StoreBusy) {
      hasWaited = true;
      setImmediate(() => {
        hasWaited = false;
      });
    }
    throw error;
  }
}
