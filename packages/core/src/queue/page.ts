import type { JobDefinitions, TypeName } from "../definition/job-definition.ts";
import type { JobId, NotedJob } from "../definition/job-view.ts";
import { checkInteger } from "../job/check-integer.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { seqOfJobId } from "../job/job-id.ts";
import { copyOfList } from "../job/copy-of-list.ts";
import { shown } from "../job/shown.ts";
import { JOB_STATES, type JobState } from "../job/state.ts";
import type { ListFilter } from "../store/store.ts";

/** Which jobs `list` gives. */
export interface ListOptions<T extends string = string> {
  readonly states?: readonly JobState[] | undefined;
  readonly types?: readonly T[] | undefined;
  /** Jobs a page, 1 to 1,000. Default: 100. */
  readonly limit?: number | undefined;
  /** The page after the one whose `next` this was. */
  readonly after?: JobId | undefined;
}

/** Some jobs, the newest first. */
export interface Page<D extends JobDefinitions> {
  readonly jobs: readonly NotedJob<D, TypeName<D>>[];
  /** What to pass as `after` for the next page; undefined where this is the last. */
  readonly next: JobId | undefined;
}

const NAMES = new Set(["states", "types", "limit", "after"]);

/** Checks the options of `list`. */
export function filterOf(options: ListOptions, salt: number): ListFilter {
  const { states, types, limit, after } = checkOptionNames(options, NAMES);
  return {
    states: checkList(states, "states", JOB_STATES.join(", "), (one) => JOB_STATES.includes(one)),
    types: checkList(types, "types", "the names of types", (one) => typeof one === "string"),
    limit: checkInteger(limit ?? 100, "limit", 1, 1_000),
    beforeSeq: after === undefined ? undefined : seqOfJobId(after, salt),
  };
}

function checkList<T>(
  list: readonly T[] | undefined,
  name: string,
  kind: string,
  isOne: (item: T) => boolean,
): readonly T[] | undefined {
  if (list === undefined) return undefined;
  const copy = copyOfList(list, name);
  const wrong = copy.findIndex((item) => !isOne(item));
  if (wrong >= 0) throw new TypeError(`${name} names ${shown(copy[wrong])}, but takes ${kind}`);
  return copy;
}
