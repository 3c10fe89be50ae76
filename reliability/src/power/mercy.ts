/** What a disk writes at once, or does not. */
export const SECTOR_BYTES = 512;

/** How a power cut treats what was not synced. */
export interface Mercy {
  /** The share of sectors, truncates and names of files that reach the disk all the same, 0 to 1. */
  readonly kept: number;
  /** The share of sectors of which a part does. */
  readonly torn: number;
}

/** From the harshest to the mildest, and what lies between. */
const KEPT = [0, 0, 0.1, 0.5, 0.9, 1];
const TORN = [0, 0.1, 0.5];

export function anyMercy(random: () => number): Mercy {
  return { kept: oneOf(KEPT, random), torn: oneOf(TORN, random) };
}

function oneOf(choices: readonly number[], random: () => number): number {
  return choices[Math.floor(random() * choices.length)] ?? 0;
}
