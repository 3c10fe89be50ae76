import { shown } from "./shown.ts";

/** Throws where `options` is no object, or names an option that is not among those `known`. */
export function checkOptionNames(options: unknown, known: ReadonlySet<string>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`options must be an object, but are ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue;
    throw new TypeError(
      `there is no option ${shown(name)}; the options are ${[...known].join(", ")}`,
    );
  }
}
