import { shown } from "@turno/core";

const NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,39}$/;

/** Returns `name` if it can be written into SQL as the name of a schema; throws a TypeError where it cannot. */
export function checkSchemaName(name: unknown): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  throw new TypeError(
    "schema must be a name of at most 40 lower-case letters, digits and underscores, not beginning with a digit or " +
      `"pg_", such as "turno", but is ${shown(name)}`,
  );
}
