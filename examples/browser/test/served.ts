import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build, createServer, type InlineConfig, preview } from "vite";

/** The page at an address, until it is disposed of. */
export interface Served extends AsyncDisposable {
  readonly port: number;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const quiet: InlineConfig = { root, logLevel: "warn" };

/** The page by Vite's development server, as `npm run browser` serves it, on a free port. */
export async function servedForDevelopment(): Promise<Served> {
  // Without a watcher: a source that is edited meanwhile would reload the page in the middle of a test.
  const options = { port: 0, allowedHosts: true, watch: null, hmr: false } as const;
  const server = await createServer({ ...quiet, server: options });
  await server.listen();
  return served(server.httpServer?.address(), () => server.close());
}

/** The page as `vite build` makes it, into `directory`. */
export async function servedBuilt(directory: string): Promise<Served> {
  const config = { ...quiet, build: { outDir: directory, emptyOutDir: true } };
  await build(config);
  const server = await preview({ ...config, preview: { port: 0, allowedHosts: true } });
  return served(server.httpServer.address(), () => server.close());
}

function served(address: AddressInfo | string | null | undefined, close: () => Promise<void>) {
  if (typeof address !== "object" || address === null) throw new Error("Vite does not listen");
  return { port: address.port, [Symbol.asyncDispose]: close };
}
