/** One function in a CPU profile. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/** What a job's time goes into, in the order of its life. */
export const STAGES = [
  "check",
  "JSON",
  "rows",
  "statements",
  "commit",
  "worker and promises",
  "events",
  "garbage",
  "the rest",
] as const;

export type Stage = (typeof STAGES)[number];

/**
 * The stage that time spent in a function belongs to; `callers` are those it was called by, the nearest first. Time in
 * native code belongs to whoever called it.
 */
export function stageOf(frame: Frame, callers: readonly Frame[]): Stage {
  if (frame.functionName === "(garbage collector)") return "garbage";
  const isNative = !isOurs(frame) || isDriver(frame);
  const ours =
    isOurs(frame) && !isDriver(frame) ? frame : callers.find((it) => isOurs(it) && !isDriver(it));
  if (ours === undefined)
    return frame.functionName === "runMicrotasks" ? "worker and promises" : "the rest";
  if (isNative && [frame, ...callers].some(isDriver))
    return COMMITS.test(`${ours.url}#${ours.functionName}`) ? "commit" : "statements";
  return (
    PLACES.find(([place]) => place.test(`${ours.url}#${ours.functionName}`))?.[1] ?? "the rest"
  );
}

/** Who begins and ends transactions: a single job is inserted by a statement that is one. */
const COMMITS = /\/sqlite-store\.ts#|#insertAlone$/;

/** By what is in a file's path, or the name of a function in it. */
const PLACES: readonly (readonly [RegExp, Stage])[] = [
  [/#valueOf$|json-text\.ts#toJsonText/, "JSON"],
  [/core\/src\/definition\/job-view|core\/src\/events/, "events"],
  [/core\/src\/(definition|queue)\/|job\/(new-job|check-|json-text|shown)/, "check"],
  [/store-sqlite\/src|core\/src\/job\//, "rows"],
  [/core\/src\/(worker|store|time)\//, "worker and promises"],
  [/store-node\/src/, "commit"],
];

function isOurs({ url }: Frame): boolean {
  return url.includes("/packages/");
}

/** What stands between the store's statements and SQLite. */
function isDriver({ url }: Frame): boolean {
  return /store-node\/src\/(connection|translated-statement)\.ts$/.test(url);
}
