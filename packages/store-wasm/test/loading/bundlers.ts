import { join } from "node:path";
import { build, createServer, type InlineConfig } from "vite";
import { loadTool } from "./tools.ts";

type Bundle = (project: string, names: readonly string[], to: string) => Promise<void>;

interface Webpack {
  (
    options: object,
    done: (error: Error | null, stats?: { hasErrors(): boolean; toString(): string }) => void,
  ): { close(done: () => void): void };
}

interface Esbuild {
  build(options: object): Promise<unknown>;
}

/** Serves a project by Vite's server for development, at the address that `use` gets. */
export async function withVite(
  project: string,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = await createServer({
    ...viteOptions(project),
    server: { host: "127.0.0.1", port: 0, watch: null },
  });
  try {
    await server.listen();
    await use(server.resolvedUrls?.local[0] ?? "");
  } finally {
    await server.close();
  }
}

export const viteBuild: Bundle = async (project, names, to) => {
  await build({
    ...viteOptions(project),
    build: {
      outDir: to,
      rolldownOptions: { input: names.map((name) => join(project, `${name}.html`)) },
    },
  });
};

export const webpack: Bundle = async (project, names, to) => {
  const run = await loadTool<Webpack>("webpack");
  const options = {
    mode: "production",

    context: project,
    entry: Object.fromEntries(names.map((name) => [name, `./${name}.js`])),
    output: { path: to, filename: "[name].js", module: true, publicPath: "auto" },
    experiments: { outputModule: true },
  };
  await new Promise<void>((resolve, reject) => {
    const compiler = run(options, (error, stats) => {
      if (error) reject(error);
      else if (stats?.hasErrors()) reject(new Error(String(stats)));
      else compiler.close(() => resolve());
    });
  });
};

export const esbuild: Bundle = async (project, names, to) => {
  const tool = await loadTool<Esbuild>("esbuild");
  await tool.build({
    absWorkingDir: project,
    entryPoints: names.map((name) => `${name}.js`),
    outdir: to,
    bundle: true,
    minify: true,
    format: "esm",
  });
};

function viteOptions(project: string): InlineConfig {
  return { root: project, configFile: false, logLevel: "warn", cacheDir: join(project, ".vite") };
}
