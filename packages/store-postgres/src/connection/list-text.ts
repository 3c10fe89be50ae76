/** A list of numbers or booleans as Postgres reads an array; undefined elements are NULL. */
export function listText(values: readonly (number | boolean | undefined)[]): string {
  return `{${values.map((value) => value ?? "NULL").join()}}`;
}

/** The same of texts. */
export function textsText(values: readonly (string | undefined)[]): string {
  return `{${values.map((value) => (value === undefined ? "NULL" : quoted(value))).join()}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
