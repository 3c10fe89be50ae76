import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { storeChecks } from "@turno/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleProgram } from "../../../../scripts/bundle-program.ts";
import { buildPackage } from "../../build/build-package.ts";
import { bun, deno, toolsMissing } from "../loading/tools.ts";

interface Checked {
  readonly store: string;
  readonly topic: string;
  readonly name: string;
  readonly error?: string;
}

/** How each runtime is started, so that it asks nobody for anything. What looks at the environment is vitest's `expect`. */
const RUNTIMES = {
  Bun: { program: bun, args: ["run", "--no-install"] },
  Deno: { program: deno, args: ["run", "--no-prompt", "--no-config", "--allow-env"] },
} as const;

let folder: string;
let missing: string | undefined;

beforeAll(async () => {
  missing = toolsMissing();
  const around = fileURLToPath(new URL("../../node_modules/", import.meta.url));
  folder = mkdtempSync(join(around, ".built-"));
  await buildPackage(folder);
  const input = fileURLToPath(new URL("suite.ts", import.meta.url));
  const alias = { "@turno/store-wasm": join(folder, "index.js") };
  await bundleProgram(input, join(folder, "program"), { alias });
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const neverOpened = () => {
  throw new Error("the store is in another runtime");
};
const NAMES = [...storeChecks({ open: neverOpened })].flatMap(([topic, checks]) =>
  checks.map(({ name }) => ({ topic, name })),
);

describe.each(["Bun", "Deno"] as const)("in %s", (runtime) => {
  let checked: readonly Checked[] = [];
  let absent: string | undefined;

  beforeAll(async () => {
    const { program, args } = RUNTIMES[runtime];
    const file = program();
    absent =
      missing ?? (file === undefined ? `there is no ${runtime} for this machine` : undefined);
    if (file === undefined || absent !== undefined) return;
    const env = { ...process.env, DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
    const path = join(folder, "program/suite.js");
    const { stdout } = await promisify(execFile)(file, [...args, path], {
      env,
      maxBuffer: 2 ** 26,
    });
    checked = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Checked);
  }, 120_000);

  describe.each(["MemoryStore", "MemoryWasmStore"])("%s", (store) => {
    it.for(NAMES)("$topic: $name", ({ topic, name }, context) => {
      context.skip(absent !== undefined, absent);
      const found = checked.find(
        (it) => it.store === store && it.topic === topic && it.name === name,
      );
      expect(found).toEqual({ store, topic, name });
    });
  });
});
