import { write } from "./a-project.ts";

/** Has a job done, and tells what came of it: on the page, or else on the console. */
const DONE = `
  import { defineJobs, json, Queue } from "@turno/core";
  const jobs = defineJobs({ double: { payload: json(), result: json() } });
  export async function haveDone(store) {
    await using queue = new Queue({ store, jobs });
    const worker = queue.work({ double: ({ payload }) => payload * 2 });
    const done = new Promise((resolve) => worker.on("completed", resolve));
    const { id } = await queue.enqueue("double", 21);
    await done;
    const { state, result } = await queue.get(id);
    return state + ": " + result;
  }
  export function tell(result) {
    if (globalThis.document) document.body.dataset.result = result;
    else console.log(result);
  }
`;

/** Without any setting, and then in memory, which is another part of the code. */
const MAIN = `
  import { openWasmStore } from "@turno/store-wasm";
  import { haveDone, tell } from "./done.js";
  const kept = await openWasmStore().then(haveDone).catch(String);
  const inMemory = await openWasmStore({ persistence: "memory" }).then(haveDone).catch(String);
  tell([kept, inMemory].join(", "));
`;

/** With the wasm and the worker given by the program. */
const OWN = `
  import { openWasmStore } from "@turno/store-wasm";
  import { haveDone, tell } from "./done.js";
  const worker = () => new Worker(new URL("./own-worker.js", import.meta.url), { type: "module", name: "own-worker" });
  tell(await openWasmStore({ wasm: WASM, worker }).then(haveDone).catch(String));
`;

/** Nothing may take it for code without an effect. */
const OWN_WORKER = 'import "@turno/store-wasm/worker";';

/** Writes the programs into a project, a page for each, and a page without a program. */
export function writePages(project: string): void {
  write(project, "done.js", DONE);
  write(project, "main.js", MAIN);
  write(project, "own-worker.js", OWN_WORKER);
  write(
    project,
    "own.js",
    OWN.replace("WASM", 'new URL("@turno/store-wasm/sqljs.wasm", import.meta.url)'),
  );
  write(
    project,
    "own-vite.js",
    `import wasm from "@turno/store-wasm/sqljs.wasm?url";${OWN.replace("WASM", "wasm")}`,
  );
  write(project, "blank.html", pageOf(undefined, BUNDLED));
  for (const name of ["main", "own", "own-vite"]) {
    write(project, `${name}.html`, pageOf(`${name}.js`));
  }
}

/** Where a page finds packages whose modules are served as they are. */
type ImportMap = Readonly<Record<string, string>>;

const INSTALLED: ImportMap = {
  "@turno/core": "/node_modules/@turno/core/dist/index.js",
  "@turno/store-sqlite": "/node_modules/@turno/store-sqlite/dist/index.js",
  "@turno/store-wasm": "/node_modules/@turno/store-wasm/dist/index.js",
};

/** Faster than a hundred modules one by one. */
const BUNDLED: ImportMap = {
  ...INSTALLED,
  "@turno/core": "/bundled/core.js",
  "@turno/store-sqlite": "/bundled/store-sqlite.js",
};

/** A page that loads a module, or none. */
export function pageOf(module?: string, imports = INSTALLED): string {
  return `<!doctype html>
<body>
<script type="importmap">${JSON.stringify({ imports })}</script>
${module === undefined ? "" : `<script type="module" src="./${module}"></script>`}`;
}
