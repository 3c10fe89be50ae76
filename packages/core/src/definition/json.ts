import type { StandardSchemaV1 } from "@standard-schema/spec";

const unchecked: StandardSchemaV1<unknown, unknown> = {
  "~standard": { version: 1, vendor: "turno", validate: (value) => ({ value }) },
};

/** A payload or result that is typed, but not checked when it is read: any JSON passes. */
export function json<T>(): StandardSchemaV1<T, T> {
  return unchecked as StandardSchemaV1<T, T>;
}

/** Whether a schema lets everything pass, so that calling it can be spared. */
export function isUnchecked(schema: StandardSchemaV1): boolean {
  return schema === unchecked;
}
