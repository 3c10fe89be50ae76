import { shown } from "@turno/core";

const NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,39}$/;

/** The words that Postgres, up to version 18, takes for no name unless they are quoted. */
const RESERVED = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation " +
    "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time " +
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze " +
    "from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like " +
    "limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary " +
    "references returning right select session_user similar some symmetric system_user table tablesample then to " +
    "trailing true union unique user using variadic verbose when where window with"
  ).split(" "),
);

/** Returns `name` if it can be written into SQL as the name of a schema; throws a TypeError where it cannot. */
export function checkSchemaName(name: unknown): string {
  if (typeof name === "string" && NAME.test(name) && !RESERVED.has(name)) return name;
  throw new TypeError(
    "schema must be a name of at most 40 lower-case letters, digits and underscores, not beginning with a digit or " +
      `"pg_" and no word of SQL's own, such as "turno", but is ${shown(name)}`,
  );
}
