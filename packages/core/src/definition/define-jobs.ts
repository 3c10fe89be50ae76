import { checkName } from "../job/check-name.ts";
import { copyOfPlain } from "../job/copy-of-plain.ts";
import { checkSettings } from "../job/new-job.ts";
import { readOnce } from "../job/read-once.ts";
import { shown } from "../job/shown.ts";
import type { JobDefinition, JobDefinitions } from "./job-definition.ts";
import type { JsonDefinitions } from "./json-definition.ts";

const PARTS = new Set(["payload", "result", "priority", "maxAttempts", "timeoutMs", "backoff"]);

/** Returns the definitions as they are, typed exactly; throws where one of them is wrong. */
export function defineJobs<const D extends JsonDefinitions<D>>(definitions: D): D {
  checkedJobs(definitions);
  return definitions;
}

/** A copy of the definitions, whose parts are read once: nobody changes them any more. */
export function checkedJobs(definitions: JobDefinitions): JobDefinitions {
  const copy = copyOfPlain(definitions, "jobs");
  if (copy === undefined) {
    throw new TypeError(
      `jobs must be an object of definitions by type, but is ${shown(definitions)}`,
    );
  }
  return Object.fromEntries(
    Object.entries(copy).map(([type, given]) => {
      checkName(type, "type");
      try {
        return [type, checkDefinition(given)];
      } catch (error) {
        throw new TypeError(`the definition of ${shown(type)}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }),
  );
}

function checkDefinition(given: JobDefinition): JobDefinition {
  const definition = copyOfPlain(given, "it");
  if (definition === undefined) {
    throw new TypeError(`a definition must be an object, but is ${shown(given)}`);
  }
  for (const part of Object.keys(definition)) {
    if (!PARTS.has(part))
      throw new TypeError(`there is no ${shown(part)}; there are ${[...PARTS].join(", ")}`);
  }
  checkSchema(definition.payload, "payload");
  checkSchema(definition.result, "result");
  const { backoff, ...settings } = definition;
  checkSettings({ ...settings, backoff: typeof backoff === "function" ? undefined : backoff });
  return definition;
}

function checkSchema(schema: unknown, part: string): void {
  if (schema === undefined) return;
  const validate: unknown = readOnce(part, () => Object(Object(schema)["~standard"]).validate);
  if (typeof validate !== "function") {
    throw new TypeError(
      `${part} must be a Standard Schema such as json() or one of zod's, but is ${shown(schema)}`,
    );
  }
}

/** The definition of a type; undefined where there is none, also for names that every object has. */
export function definitionOf(definitions: JobDefinitions, type: string): JobDefinition | undefined {
  return Object.hasOwn(definitions, type) ? definitions[type] : undefined;
}
