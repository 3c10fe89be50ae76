import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKAGES } from "../supply-chain/allowed.mjs";
import { faultsInPackage } from "../supply-chain/faults-in-package.mjs";

const ROOT = join(import.meta.dirname, "../..");
const ours = { license: "the licence", root: "/home/ana/turno" };

describe("a packed package", () => {
  it("is good as it should be", () => {
    expect(faults({})).toEqual([]);
  });

  it.each([
    "dist/job/fail.test.js",
    "dist/test/fail.js",
    "test/fail.ts",
    "dist/.env",
    ".npmrc",
    "dist/tsconfig.tsbuildinfo",
    "tsconfig.json",
    "binding.gyp",
    "dist/sqljs.wasm",
    "node_modules/left-pad/index.js",
  ])("may not have %s", (path) => {
    expect(faults({ [path]: "" })).toEqual([`${path} may not be packed`]);
  });

  it.each(["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts"])(
    "has to have %s",
    (path) => {
      expect(faults({ [path]: undefined })).toContain(`${path} is missing`);
    },
  );

  it("has the licence of the repository", () => {
    expect(faults({ LICENSE: "another" })).toEqual(["LICENSE is not that of the repository"]);
  });

  it.each([
    [{ scripts: { postinstall: "node x.js" } }, 'package.json may not have "scripts"'],
    [{ bin: "dist/index.js" }, 'package.json may not have "bin"'],
    [{ optionalDependencies: {} }, 'package.json may not have "optionalDependencies"'],
    [
      { dependencies: { "@standard-schema/spec": "1.1.0", "left-pad": "1.0.0" } },
      "dependencies may not have left-pad",
    ],
    [
      { dependencies: { "@standard-schema/spec": "workspace:^" } },
      "@standard-schema/spec must be a range of versions, but is workspace:^",
    ],
    [{ dependencies: {} }, "dependencies lacks @standard-schema/spec"],
    [{ peerDependencies: { vitest: ">=3" } }, "peerDependencies may not have vitest"],
    [{ files: ["."] }, "files must be dist, !dist/*.tsbuildinfo, src"],
    [{ license: "ISC" }, "license must be MIT"],
  ])("may not have %j in its package.json", (change, fault) => {
    expect(faults({}, change)).toEqual([fault]);
  });

  it.each([
    [
      { sources: ["../../core/src/a.ts"], sourcesContent: ["a"] },
      "points outside of the package: ../../core/src/a.ts",
    ],
    [
      { sources: ["/home/bea/a.ts"], sourcesContent: ["a"] },
      "points outside of the package: /home/bea/a.ts",
    ],
    [
      { sources: ["file:///a.ts"], sourcesContent: ["a"] },
      "points outside of the package: file:///a.ts",
    ],
    [
      { sourceRoot: "../..", sources: ["a.ts"], sourcesContent: ["a"] },
      "points outside of the package: a.ts",
    ],
    [{ sources: ["../src/a.ts"] }, "points to what is not packed: ../src/a.ts"],
  ])("may not have the map %j", (map, fault) => {
    expect(faults({ "dist/index.js.map": JSON.stringify(map) })).toEqual([
      `dist/index.js.map ${fault}`,
    ]);
  });

  it("does not tell where it was built", () => {
    expect(faults({ "dist/a.js": "// /home/ana/turno/packages" })).toEqual([
      "dist/a.js names /home/ana/turno, where it was built",
    ]);
  });

  it("has to be known by its name", () => {
    expect(faults({}, { name: "left-pad" })).toEqual([
      "left-pad is not in scripts/supply-chain/allowed.mjs",
    ]);
  });

  it("with sql.js in it has its licence, and names its version", () => {
    const name = "@turno/store-wasm";
    const dependencies = { "@turno/core": "^0.1.0", "@turno/store-sqlite": "^0.1.0" };
    const found = faults({}, { name, dependencies, devDependencies: { "sql.js": "1.16.0" } });
    expect(found).toContain("dist/sqljs-license.txt is missing");
    expect(found).toContain("dist/sqljs-license.txt is not the licence of sql.js");
    expect(found).toContain(
      "dist/tab-worker.js has sql.js in it, and lacks its notice (/*! With sql.js 1.16.0, …)",
    );
  });
});

describe("what each package may depend on", () => {
  const table =
    readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8").split("\n## Dependencies\n")[1] ?? "";
  it.each(Object.entries(PACKAGES))(
    "is in the table of ARCHITECTURE.md for %s",
    (name, { dependencies, peers = [] }) => {
      const row =
        new RegExp(`^\\| ${name.replace("@turno/", "")} \\| ([^|]*) \\|`, "m").exec(table)?.[1] ??
        "";
      const named = [...row.matchAll(/`([^`]+)`( \(peer\))?/g)];
      const names = (isPeer: boolean) =>
        named.filter((it) => (it[2] !== undefined) === isPeer).map((it) => it[1]);
      expect(names(false)).toEqual(dependencies.filter((it) => !it.startsWith("@turno/")));
      expect(names(true)).toEqual(peers);
    },
  );
});

/** What is found in @turno/core where files, by name, or fields of its package.json are different. */
function faults(
  files: Readonly<Record<string, string | undefined>>,
  change: object = {},
): readonly string[] {
  const manifest = {
    name: "@turno/core",
    version: "0.1.0",
    license: "MIT",
    engines: { node: ">=22.14" },
    files: ["dist", "!dist/*.tsbuildinfo", "src"],
    dependencies: { "@standard-schema/spec": "1.1.0" },
    ...change,
  };
  const packed = {
    "package.json": JSON.stringify(manifest),
    "README.md": "",
    LICENSE: ours.license,
    "dist/index.js": "",
    "dist/index.js.map": JSON.stringify({ sources: ["../src/index.ts"] }),
    "dist/index.d.ts": "",
    "src/index.ts": "",
    ...files,
  };
  const entries = Object.entries(packed).filter(
    (it): it is [string, string] => it[1] !== undefined,
  );
  return faultsInPackage(new Map(entries.map(([path, text]) => [path, Buffer.from(text)])), ours);
}
