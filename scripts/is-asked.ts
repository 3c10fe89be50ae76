import { parseCLI } from "vitest/node";

/** Whether the command line, by its `--project` options, lets vitest run the project of this name. */
export function isAsked(name: string, argv: readonly string[] = process.argv.slice(2)): boolean {
  const { options } = parseCLI(["vitest", ...argv], { allowUnknownOptions: true });
  const filters = [options.project ?? []].flat();
  const [excluding, including] = [
    filters.filter(isNegated),
    filters.filter((it) => !isNegated(it)),
  ];
  if (excluding.some((filter) => fits(filter.slice(1), name))) return false;
  return including.length === 0 || including.some((filter) => fits(filter, name));
}

function isNegated(filter: string): boolean {
  return filter.startsWith("!");
}

/** A filter is a name, in which a star stands for anything. */
function fits(filter: string, name: string): boolean {
  const parts = filter.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(name);
}
