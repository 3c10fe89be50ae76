import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../..", import.meta.url));
const driver = dirname(dirname(fileURLToPath(import.meta.resolve("better-sqlite3"))));

/** A project in which the packages are installed as plain JavaScript, which Nodes run that do not know TypeScript. */
const project = mkdtempSync(join(tmpdir(), "turno-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));
for (const name of ["core", "store-sqlite", "store-node"]) install(name);

/** A Node of this machine that is too old for better-sqlite3. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find((node) => {
    const { stdout } = spawnSync(node, ["--print", "process.versions.napi"], { encoding: "utf8" });
    return Number(stdout || 10) < 10;
  });

describe("opening a store", () => {
  it.skipIf(oldNode === undefined)(
    "tells a Node that is too old for better-sqlite3, which would crash",
    () => {
      withDriver(() => symlinkSync(driver, installed("better-sqlite3")));
      const { stdout, stderr, signal } = open(oldNode ?? "");
      expect(signal, stderr).toBeNull();
      expect(stdout).toMatch(
        /^StoreUnsupported: cannot open .* better-sqlite3 \d+\.\d+\.\d+ needs Node-API 10, and Node \S+ has \d; run it with/,
      );
    },
  );

  it("works where better-sqlite3 is there and fits", () => {
    withDriver(() => symlinkSync(driver, installed("better-sqlite3")));
    expect(open(process.execPath).stdout).toBe("joined\n");
    expect(open(process.execPath, "queue.db").stdout).toBe("joined\n");
  });

  it("says what to do where it was bundled without the file of its thread", () => {
    withDriver(() => symlinkSync(driver, installed("better-sqlite3")));
    const thread = installed("@turno/store-node/life/heart-thread.js");
    renameSync(thread, `${thread}.away`);
    expect(open(process.execPath, "queue.db").stdout).toMatch(
      /^StoreUnsupported: .* leave it out of the bundle/,
    );
    renameSync(`${thread}.away`, thread);
  });

  it("counts very many jobs without the thread for it where that was left out of a bundle", () => {
    withDriver(() => symlinkSync(driver, installed("better-sqlite3")));
    const thread = installed("@turno/store-node/counter/counter-thread.js");
    expect(run(process.execPath, COUNTING).stdout).toBe("60000\n");
    renameSync(thread, `${thread}.away`);
    expect(run(process.execPath, COUNTING).stdout).toBe("120000\n");
    renameSync(`${thread}.away`, thread);
  });

  it("says what to install where better-sqlite3 is missing", () => {
    withDriver(() => {});
    expect(open(process.execPath).stdout).toMatch(
      /^StoreUnsupported: .* better-sqlite3 is not installed; run `npm install better-sqlite3`\n$/,
    );
  });

  it("says what to install anew where better-sqlite3 does not load", () => {
    withDriver(() => {
      cpSync(join(driver, "package.json"), installed("better-sqlite3/package.json"));
      cpSync(join(driver, "lib"), installed("better-sqlite3/lib"), { recursive: true });
    });
    expect(open(process.execPath).stdout).toMatch(
      /^StoreUnsupported: .* better-sqlite3 does not load with Node /,
    );
  });

  it("refuses an SQLite that can damage what two processes write", () => {
    withDriver(() => {
      mkdirSync(installed("better-sqlite3"));
      writeFileSync(
        installed("better-sqlite3/package.json"),
        '{ "version": "12.2.0", "main": "index.cjs" }',
      );
      writeFileSync(installed("better-sqlite3/index.cjs"), OLD_DRIVER);
    });
    expect(open(process.execPath).stdout).toMatch(
      /^StoreUnsupported: .* better-sqlite3 12\.2\.0 brings SQLite 3\.51\.2, .* with SQLite 3\.51\.3 or newer\n$/,
    );
  });
});

const OLD_DRIVER = `module.exports = class {
  prepare() { return { get: () => ({ version: "3.51.2" }) }; }
  close() {}
};`;

const COUNTING = `import("@turno/store-node").then(async ({ openSqliteStore }) => {
  const store = openSqliteStore("counted.db", { durability: "normal" });
  const job = { type: "a", payload: "null", priority: 0, runAt: 0, ready: true, maxAttempts: 1, createdAt: 0 };
  store.commit({ now: 0, add: Array(60_000).fill({ ...job, uniqueUntil: "finished" }) });
  console.log((await store.counts()).pending);
  await store.close();
});`;

function open(command: string, path = ":memory:") {
  const program = `import("@turno/store-node")
    .then(({ openSqliteStore }) => openSqliteStore("${path}").join({ leaseMs: 1 }))
    .then(() => console.log("joined"), (error) => console.log(String(error)));`;
  return run(command, program);
}

function run(command: string, program: string) {
  return spawnSync(command, ["--eval", program], { cwd: project, encoding: "utf8" });
}

function installed(path: string): string {
  return join(project, "node_modules", path);
}

function withDriver(install: () => void): void {
  rmSync(installed("better-sqlite3"), { recursive: true, force: true });
  install();
}

function install(name: string): void {
  const source = join(packages, name, "src");
  const target = installed(`@turno/${name}`);
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const script = stripTypeScriptTypes(readFileSync(join(source, file), "utf8"));
    const path = join(target, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, script.replaceAll(/(from\s+"\.[^"]*)\.ts"/g, '$1.js"'));
  }
  writeFileSync(join(target, "package.json"), '{ "type": "module", "exports": "./index.js" }');
}
