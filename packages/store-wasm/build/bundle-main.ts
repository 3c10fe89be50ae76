import { type Plugin, rolldown, type RolldownOutput } from "rolldown";
import { glueAsModule } from "./glue-as-module.ts";
import { once } from "./once.ts";
import { SQL_JS_NOTICE } from "./sql-js-notice.ts";
import { writeOutput } from "./write-output.ts";

/** What is part of the code, for where it cannot be loaded from a file. */
interface Inlined {
  readonly worker: string;
  readonly wasm: string;
}

/** Writes the package's entry into `folder`, and beside it what the entry loads on demand: sql.js, and the inlined copies. */
export async function bundleMain(input: string, folder: string, inlined: Inlined): Promise<void> {
  const bundle = await rolldown({
    input: { index: input },
    platform: "neutral",
    external: /^@turno\//,
    plugins: [asShipped(inlined), glueAsModule()],
  });
  const output = await bundle.generate({
    dir: folder,
    format: "esm",
    sourcemap: true,
    chunkFileNames: "[name].js",
    banner: ({ moduleIds }) => (moduleIds.some(isOfSqlJs) ? SQL_JS_NOTICE : ""),
  });
  await bundle.close();
  checkEager(output);
  writeOutput(output, folder);
}

function isOfSqlJs(id: string): boolean {
  return /[\\/](sql-wasm-browser\.js|inlined-\w+\.ts)$/.test(id);
}

/** The sources as they are shipped: with addresses of what lies in `dist`, and with the inlined copies. */
function asShipped({ worker, wasm }: Inlined): Plugin {
  const addresses: Record<string, readonly [before: string, after: string]> = {
    "own-wasm-url.ts": ['"../../node_modules/sql.js/dist/sql-wasm-browser.wasm"', '"./sqljs.wasm"'],
    "start-tab-worker.ts": ['"../tab-worker.ts"', '"./tab-worker.js"'],
  };
  const copies: Record<string, string> = {
    "inlined-worker.ts": `export const inlinedWorker = ${JSON.stringify(worker)};`,
    "inlined-wasm.ts":
      'import { unpack } from "./unpack.ts";\n' +
      `export const inlinedWasm = () => unpack(${JSON.stringify(wasm)});`,
  };
  const left = new Set(Object.keys({ ...addresses, ...copies }));
  return {
    name: "as-shipped",
    load(id) {
      const name = nameIn("loading", id);
      left.delete(name);
      return copies[name];
    },
    transform(code, id) {
      const address = addresses[nameIn("loading", id)];
      return address && { code: once(code, ...address), map: null };
    },
    buildEnd(error) {
      if (!error && left.size > 0) throw new Error(`not in the bundle: ${[...left].join(", ")}`);
    },
  };
}

/** The name of a file of this folder of the sources; else "". */
function nameIn(folder: string, id: string): string {
  const [name = "", parent, root] = id.split(/[\\/]/).reverse();
  return parent === folder && root === "src" ? name : "";
}

/** Whoever imports the package gets none of what is large before it is needed. */
function checkEager({ output }: RolldownOutput): void {
  const eager = new Set([output[0].fileName]);
  for (const name of eager) {
    const chunk = output.find(({ fileName }) => fileName === name);
    if (chunk?.type === "chunk") for (const it of chunk.imports) eager.add(it);
  }
  const large = [...eager].filter((name) => /^(inlined-|sql-js-)/.test(name));
  if (large.length > 0) throw new Error(`the entry must not load ${large.join()} at once`);
}
