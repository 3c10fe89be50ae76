import { existsSync, readFileSync } from "node:fs";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** What a server answers instead of the file. */
export interface Answer {
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

interface Server extends AsyncDisposable {
  readonly url: string;
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves a folder on this machine; `instead` may answer for a path, or add headers to the file. */
export async function serve(
  folder: string,
  instead: (path: string) => Answer | undefined = () => undefined,
): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const answer = instead(path) ?? {};
    const type = TYPES[extname(path)] ?? "text/plain";
    const headers = { "content-type": type, "cache-control": "no-store", ...answer.headers };
    const body = answer.body ?? (answer.status === undefined ? read(join(folder, path)) : "");
    response.writeHead(body === undefined ? 404 : (answer.status ?? 200), headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function read(file: string): Buffer | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}
