import type { DiskCall } from "./disk-call.ts";
import { type CrashState, Disk } from "./disk.ts";
import { anyMercy } from "./mercy.ts";

/** The power went. */
export interface PowerCut {
  /** So many calls had been made. */
  readonly calls: number;
  /** When the last of them was, by CLOCK_MONOTONIC, in milliseconds. */
  readonly at: number;
  readonly state: CrashState;
}

/** So many calls after a sync, a truncate, or a change of names. */
const NEAR = 4;

/** Cuts the power so many times, from the first call to the last: at any, and as often near the rarer ones. */
export function* powerCuts(
  calls: readonly DiskCall[],
  times: number,
  random: () => number,
): Generator<PowerCut> {
  const rare = Array.from(calls.keys()).filter((index) => calls[index]?.kind !== "write");
  const cuts = Array.from({ length: times }, () => {
    const any = Math.floor(random() * calls.length);
    if (random() < 0.5) return 1 + any;
    const near = (rare[Math.floor(random() * rare.length)] ?? any) + Math.floor(random() * NEAR);
    return 1 + Math.min(near, calls.length - 1);
  });
  const disk = new Disk();
  let made = 0;
  for (const cut of cuts.toSorted((one, other) => one - other)) {
    for (; made < cut; made++) disk.make(at(calls, made));
    const state = disk.afterCut(anyMercy(random), random);
    yield { calls: cut, at: at(calls, cut - 1).at, state };
  }
}

function at(calls: readonly DiskCall[], index: number): DiskCall {
  const call = calls[index];
  if (call === undefined) throw new RangeError(`there is no call ${index} of ${calls.length}`);
  return call;
}
