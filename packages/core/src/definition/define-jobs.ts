import { checkName } from "../job/check-name.ts";
import { checkSettings } from "../job/new-job.ts";
import { shown } from "../job/shown.ts";
import type { JobDefinition, JobDefinitions } from "./job-definition.ts";
import type { JsonDefinitions } from "./json-definition.ts";

const PARTS = new Set(["payload", "result", "priority", "maxAttempts", "timeoutMs", "backoff"]);

/** Returns the definitions as they are, typed exactly; throws where one of them is wrong. */
export function defineJobs<const D extends JsonDefinitions<D>>(definitions: D): D {
  if (typeof definitions !== "object" || definitions === null) {
    throw new TypeError(
      `jobs must be an object of definitions by type, but is ${shown(definitions)}`,
    );
  }
  for (const [type, definition] of Object.entries<JobDefinition>(definitions)) {
    checkName(type, "type");
    try {
      checkDefinition(definition);
    } catch (error) {
      throw new TypeError(`the definition of ${shown(type)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return definitions;
}

function checkDefinition(definition: JobDefinition): void {
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError(`a definition must be an object, but is ${shown(definition)}`);
  }
  for (const part of Object.keys(definition)) {
    if (!PARTS.has(part))
      throw new TypeError(`there is no ${shown(part)}; there are ${[...PARTS].join(", ")}`);
  }
  checkSchema(definition.payload, "payload");
  checkSchema(definition.result, "result");
  const { backoff, ...settings } = definition;
  checkSettings({ ...settings, backoff: typeof backoff === "function" ? undefined : backoff });
}

function checkSchema(schema: unknown, part: string): void {
  if (schema === undefined) return;
  const standard =
    schema !== null &&
    (typeof schema === "object" || typeof schema === "function") &&
    "~standard" in schema;
  if (!standard) {
    throw new TypeError(
      `${part} must be a Standard Schema such as json() or one of zod's, but is ${shown(schema)}`,
    );
  }
}

/** The definition of a type; undefined where there is none, also for names that every object has. */
export function definitionOf(definitions: JobDefinitions, type: string): JobDefinition | undefined {
  return Object.hasOwn(definitions, type) ? definitions[type] : undefined;
}
