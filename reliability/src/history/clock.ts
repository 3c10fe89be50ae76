/** The milliseconds of CLOCK_MONOTONIC, which all processes of the machine share and nobody sets. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
