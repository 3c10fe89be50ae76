import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

export interface BundleOptions {
  /** By the name of a package the file to take for it. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** Writes the program into `folder` as one module, named for it, from the sources of the packages. */
export async function bundleProgram(
  input: string,
  folder: string,
  { alias = {} }: BundleOptions = {},
): Promise<void> {
  const bundle = await rolldown({
    input: { [basename(input, ".ts")]: input },
    platform: "neutral",
    // Files of wasm are modules of their own, beside this one.
    external: [/^cloudflare:/, /\.wasm$/],
    resolve: {
      // The testkit's examples expect, where there is no test runner.
      alias: {
        vitest: fileURLToPath(new URL("expect-without-runner.ts", import.meta.url)),
        ...alias,
      },
      conditionNames: ["@turno/source", "workerd", "import"],
      mainFields: ["main"],
    },
  });
  await bundle.write({ dir: folder, format: "esm", codeSplitting: false });
  await bundle.close();
}
