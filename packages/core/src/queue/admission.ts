import type { JobDefinition, JobDefinitions } from "../definition/job-definition.ts";
import { checkedText } from "../definition/checked-text.ts";
import { checkName } from "../job/check-name.ts";
import type { NewJob } from "../job/job.ts";
import type { JsonText } from "../job/json-text.ts";
import { type EnqueueOptions, newJob } from "../job/new-job.ts";
import { shown } from "../job/shown.ts";
import type { Awaitable } from "../store/store.ts";

/** What somebody wants enqueued, before any check. */
export interface Wanted {
  readonly type: unknown;
  /** Empty where no payload was given: that is not the same as an undefined one. */
  readonly payload: readonly [] | readonly [unknown];
  readonly options: EnqueueOptions | undefined;
  /** Where the payload stands, for messages. */
  readonly root: string;
}

/** Checks the jobs that producers want. */
export class Admission {
  readonly #definitions: JobDefinitions | undefined;
  readonly #now: () => number;

  constructor(definitions: JobDefinitions | undefined, now: () => number) {
    this.#definitions = definitions;
    this.#now = now;
  }

  /** The checked job: at once, or a promise where its schema answers with one. */
  admit({ type, payload, options, root }: Wanted): Awaitable<NewJob> {
    const name = checkName(type, "type");
    const definition = this.definitionOf(name);
    const toJob = (text: JsonText) =>
      newJob(name, text, options === undefined ? {} : options, settingsOf(definition), this.#now());
    const text = payloadText(payload, definition, root);
    return text instanceof Promise ? text.then(toJob) : toJob(text);
  }

  /** The definition of a type; undefined where the queue has none at all. Throws where there are only others. */
  definitionOf(type: string): JobDefinition | undefined {
    if (this.#definitions === undefined) return undefined;
    if (Object.hasOwn(this.#definitions, type)) return this.#definitions[type];
    const known = Object.keys(this.#definitions).slice(0, 10).join(", ");
    throw new TypeError(`there is no type ${shown(type)} in this queue's jobs; there are ${known}`);
  }
}

function payloadText(
  payload: Wanted["payload"],
  definition: JobDefinition | undefined,
  root: string,
): Awaitable<JsonText> {
  const needsNone = definition !== undefined && definition.payload === undefined;
  if (
    payload.length === 0 ? definition?.payload === undefined : needsNone && payload[0] === undefined
  )
    return "null";
  return checkedText(payload[0], definition?.payload, root);
}

function settingsOf(definition: JobDefinition | undefined) {
  if (definition === undefined) return {};
  const { priority, maxAttempts, timeoutMs, backoff } = definition;
  return {
    priority,
    maxAttempts,
    timeoutMs,
    backoff: typeof backoff === "function" ? undefined : backoff,
  };
}
