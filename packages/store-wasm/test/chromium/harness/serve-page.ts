import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { bundleWorker } from "../../../build/bundle-worker.ts";
import { glueAsModule } from "../../../build/glue-as-module.ts";

/** Each worker holds a lock by which it can be told whose it is. */
const WITH_NAME = "navigator.locks?.request(`page/${self.name}`, () => new Promise(() => {}));\n";

const JAVASCRIPT = "text/javascript";
const HTML = "text/html; charset=utf-8";

/** A web server on this machine. */
export class Site implements AsyncDisposable {
  readonly origin: string;
  readonly #server: Server;

  constructor(server: Server, host = "localhost") {
    this.#server = server;
    this.origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  }

  /** The same under another name. */
  at(host: string): Site {
    return new Site(this.#server, host);
  }

  /** The address of a page whose worker is to be told by that name. */
  page(name: string): string {
    return `${this.origin}/?${new URLSearchParams({ name })}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Serves the page of `page/page.ts` with the sources as they are, bundled once. */
export async function servePage(): Promise<Site> {
  const files = new Map<string, readonly [type: string, content: string | Uint8Array]>([
    [
      "/",
      [HTML, '<!doctype html><title>Page</title><script type="module" src="page.js"></script>'],
    ],
    ["/elsewhere", [HTML, "<!doctype html><title>Elsewhere</title>"]],
    ["/sqljs.wasm", ["application/wasm", readFileSync(wasmFile())]],
    ["/tab-worker.js", [JAVASCRIPT, WITH_NAME + (await workerProgram())]],
    ...(await pageProgram()),
  ]);
  const server = createServer((request, response) => {
    const found = files.get(new URL(request.url ?? "/", "http://localhost").pathname);
    if (found === undefined) return response.writeHead(404).end();
    const [type, content] = found;
    return response.writeHead(200, { "Content-Type": type }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new Site(server);
}

function wasmFile(): string {
  return createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm-browser.wasm");
}

async function workerProgram(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "turno-"));
  try {
    return await bundleWorker(source("../../../src/tab-worker.ts"), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pageProgram() {
  const bundle = await rolldown({
    input: { page: source("../page/page.ts") },
    platform: "browser",
    plugins: [glueAsModule()],
    resolve: { conditionNames: ["@turno/source", "browser", "import"] },
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return output.map((file) => {
    const content = file.type === "chunk" ? file.code : file.source;
    return [`/${file.fileName}`, [JAVASCRIPT, content]] as const;
  });
}

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
