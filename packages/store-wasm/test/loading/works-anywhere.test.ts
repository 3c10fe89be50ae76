import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { write } from "./a-project.ts";
import { esbuild, viteBuild, webpack, withVite } from "./bundlers.ts";
import { inChromium } from "./in-chromium.ts";
import { pageOf } from "./pages.ts";
import { serve } from "./serve.ts";
import { deno, toolsMissing } from "./tools.ts";
import { visit } from "./visit.ts";

const shared = inChromium();
let withoutTools: string | undefined;

beforeAll(() => {
  withoutTools = toolsMissing();
}, 120_000);

const DONE = "completed: 42";
const BOTH_DONE = `${DONE}, ${DONE}`;

describe("the published package, without any setting", () => {
  it("runs in a page that uses no bundler", async (context) => {
    await using server = await serve(shared.project);
    const visited = await visit(shared.browserFor(context), `${server.url}main.html`);
    expect(visited).toMatchObject({
      result: BOTH_DONE,
      worker: `${server.url}${DIST}tab-worker.js`,
    });
    expect(visited.files).toContain("sqljs.wasm");
    expect(inlined(visited.files)).toEqual([]);
  });

  it("runs in Vite's server for development", async (context) => {
    const browser = shared.browserFor(context);
    await withVite(shared.project, async (url) => {
      const { result, worker, files } = await visit(browser, `${url}main.html`);
      expect(result).toBe(BOTH_DONE);
      expect(worker).toMatch(/\/tab-worker\.js/);
      expect(files).toContain("sqljs.wasm");
      const own = await visit(browser, `${url}own-vite.html`);
      expect(own.result).toBe(DONE);
      expect(own.worker).toMatch(/\/own-worker\.js/);
    });
  });

  it("runs in a bundle of Vite", async (context) => {
    const browser = shared.browserFor(context);
    const to = join(shared.project, "bundles/vite");
    await viteBuild(shared.project, ["main", "own-vite"], to);
    await using server = await serve(to);
    const { result, worker, files } = await visit(browser, `${server.url}main.html`);
    expect(result).toBe(BOTH_DONE);
    expect(worker).toMatch(/^http:.*\/tab-worker-[\w-]+\.js$/);
    expect(files).toContainEqual(expect.stringMatching(/^sqljs-[\w-]+\.wasm$/));
    expect(inlined(files)).toEqual([]);
    const own = await visit(browser, `${server.url}own-vite.html`);
    expect(own.result).toBe(DONE);
    expect(own.worker).toMatch(/\/own-worker-[\w-]+\.js$/);
  });

  it("runs in a bundle of webpack", async (context) => {
    const browser = shared.browserFor(context);
    needTools(context);
    const to = join(shared.project, "bundles/webpack");
    await webpack(shared.project, ["main", "own"], to);
    for (const name of ["main", "own"]) write(to, `${name}.html`, pageOf(`${name}.js`));
    await using server = await serve(to);
    const { result, worker, files } = await visit(browser, `${server.url}main.html`);
    expect(result).toBe(BOTH_DONE);
    expect(worker).toBe(`${server.url}turno.js`);
    expect(files).toContainEqual(expect.stringMatching(/^[\da-f]+\.wasm$/));
    const own = await visit(browser, `${server.url}own.html`);
    expect(own.result).toBe(DONE);
    expect(own.worker).toBe(`${server.url}own-worker.js`);
  });

  it("runs in a bundle of esbuild, which loses the files, from the copies in the code", async (context) => {
    const browser = shared.browserFor(context);
    needTools(context);
    const to = join(shared.project, "bundles/esbuild");
    await esbuild(shared.project, ["main"], to);
    write(to, "main.html", pageOf("main.js"));
    await using server = await serve(to);
    const { result, worker } = await visit(browser, `${server.url}main.html`);
    expect(result).toBe(BOTH_DONE);
    expect(worker).toMatch(/^blob:/);
  });

  it("runs in Node", () => {
    expect(run(process.execPath, "main.js")).toBe(BOTH_DONE);
  });

  it("runs in Deno", (context) => {
    needTools(context);
    const program = deno() ?? context.skip("there is no Deno for this machine");
    expect(run(program, "run", "--no-prompt", "--allow-read", "main.js")).toBe(BOTH_DONE);
  });
});

const DIST = "node_modules/@turno/store-wasm/dist/";

function inlined(files: readonly string[]): readonly string[] {
  return files.filter((name) => name.startsWith("inlined-"));
}

function needTools({ skip }: TestContext): void {
  skip(withoutTools !== undefined, withoutTools);
}

function run(program: string, ...args: string[]): string {
  const project = shared.project;
  const env = { ...process.env, DENO_DIR: join(project, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  return execFileSync(program, args, { cwd: project, env, encoding: "utf8" }).trim();
}
