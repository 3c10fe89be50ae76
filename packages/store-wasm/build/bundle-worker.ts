import { rolldown } from "rolldown";
import { glueAsModule } from "./glue-as-module.ts";
import { SQL_JS_NOTICE } from "./sql-js-notice.ts";
import { withoutMapLink, writeOutput } from "./write-output.ts";

/** Writes the worker's program into `folder`, in one file that imports nothing, and gives its text. */
export async function bundleWorker(input: string, folder: string): Promise<string> {
  const bundle = await rolldown({
    input: { "tab-worker": input },
    platform: "browser",
    plugins: [glueAsModule()],
    // With the sources of the other packages: import maps do not reach workers, and a blob: URL has no neighbours.
    resolve: { conditionNames: ["@turno/source", "import"] },
  });
  const output = await bundle.generate({
    dir: folder,
    format: "esm",
    codeSplitting: false,
    minify: true,
    sourcemap: true,
    sourcemapPathTransform: insideOfPackage,
    banner: SQL_JS_NOTICE,
  });
  await bundle.close();
  const [{ code, imports }] = output.output;
  checkAlone(code, imports);
  writeOutput(output, folder);
  return withoutMapLink(code);
}

/** Sources of other packages are in the map itself, under a name that leads to no file of whoever installs this one. */
function insideOfPackage(source: string): string {
  const [, ours, theirs] =
    /^(?:\.\.\/){2}([a-z-]+\/src\/.*)$|.*\/node_modules\/(.*)$/.exec(source) ?? [];
  return ours === undefined ? (theirs ?? source) : `@turno/${ours}`;
}

function checkAlone(code: string, imports: readonly string[]): void {
  const [wanted] = [...imports, ...(/\bimport\s*\(|\bimport\.meta\b/.exec(code) ?? [])];
  if (wanted === undefined) return;
  throw new Error(`the worker's program must be one file, but has ${wanted}`);
}
