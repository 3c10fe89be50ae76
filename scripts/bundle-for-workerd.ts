import { type Plugin, rolldown } from "rolldown";

/** Writes the program into `folder` as one module, from the sources of the packages. */
export async function bundleForWorkerd(
  input: string,
  folder: string,
  { alias = {}, plugins = [] }: { alias?: Record<string, string>; plugins?: Plugin[] } = {},
): Promise<void> {
  const bundle = await rolldown({
    input: { worker: input },
    platform: "neutral",
    // Files of wasm are modules of the worker's own, beside this one.
    external: [/^cloudflare:/, /\.wasm$/],
    resolve: {
      alias,
      conditionNames: ["@turno/source", "workerd", "import"],
      mainFields: ["main"],
    },
    plugins,
  });
  await bundle.write({ dir: folder, format: "esm", codeSplitting: false });
  await bundle.close();
}
