import { type Plugin, rolldown } from "rolldown";
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
    input,
    platform: "neutral",
    external: /^@turno\//,
    plugins: [asShipped(inlined)],
  });
  const output = await bundle.generate({
    format: "esm",
    sourcemap: true,
    chunkFileNames: "[name].js",
    banner: ({ isEntry }) => (isEntry ? "" : SQL_JS_NOTICE),
  });
  await bundle.close();
  checkEager(output.output[0].imports);
  writeOutput(output, folder);
}

/** The sources as they are shipped: with addresses of what lies in `dist`, and with the inlined copies. */
function asShipped({ worker, wasm }: Inlined): Plugin {
  const addresses: Record<string, readonly [before: string, after: string]> = {
    "own-wasm-url.ts": ["../../node_modules/sql.js/dist/sql-wasm-browser.wasm", "./sqljs.wasm"],
    "start-tab-worker.ts": ["../tab-worker.ts", "./tab-worker.js"],
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

function once(code: string, before: string, after: string): string {
  const parts = code.split(`"${before}"`);
  if (parts.length === 2) return parts.join(`"${after}"`);
  throw new Error(
    `"${before}" must stand once in its file, but is there ${parts.length - 1} times`,
  );
}

/** Whoever imports the package gets no more than its own code at once. */
function checkEager(imports: readonly string[]): void {
  const chunks = imports.filter((name) => !name.startsWith("@turno/"));
  if (chunks.length > 0) throw new Error(`the entry must load nothing at once, but does ${chunks}`);
}
