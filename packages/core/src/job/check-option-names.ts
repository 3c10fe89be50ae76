import { copyOfPlain } from "./copy-of-plain.ts";
import { shown } from "./shown.ts";

/** A copy of `options`, read once; throws where they are no plain object, or name an option that is not among those `known`. */
export function checkOptionNames<O extends object>(options: O, known: ReadonlySet<string>): O {
  const copy = copyOfPlain(options, "options");
  if (copy === undefined)
    throw new TypeError(`options must be an object of options, but are ${shown(options)}`);
  for (const name of Object.keys(copy)) {
    if (known.has(name)) continue;
    throw new TypeError(
      `there is no option ${shown(name)}; the options are ${[...known].join(", ")}`,
    );
  }
  return copy;
}
