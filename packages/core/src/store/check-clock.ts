import { hasMethods } from "../job/has-methods.ts";
import { shown } from "../job/shown.ts";
import type { Clock } from "../time/clock.ts";

const METHODS = ["now", "monotonic", "setTimeout", "clearTimeout"];

export function checkClock(clock: Clock): Clock {
  if (hasMethods(clock, "clock", METHODS)) return clock;
  throw new TypeError(`clock must have ${METHODS.join(", ")}, but is ${shown(clock)}`);
}
