import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { inChromium } from "./in-chromium.ts";
import { type Answer, serve } from "./serve.ts";
import { openPage } from "./visit.ts";

const shared = inChromium();
const sqlJs = createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm-browser.js");

const PAGE: Answer = {
  headers: { "content-type": "text/html" },
  body: "<!doctype html><title>Shop</title>",
};
const MISSING: Answer = { status: 404 };
const DONE = "completed: 42";

describe("without a `wasm`", () => {
  it.for([
    ["is missing", MISSING],
    ["is a page", PAGE],
    ["is a page that says it were wasm", { ...PAGE, headers: {} }],
    ["is of no type", { headers: { "content-type": "" } }],
    ["is damaged", { body: wasm("browser").subarray(0, 300_000) }],
    ["is of another version", { body: wasm("browser-debug") }],
  ] satisfies [string, Answer][])(
    "the store opens also when sqljs.wasm %s",
    async ([, answer], context) => {
      const browser = shared.browserFor(context);
      await using server = await serve(shared.project, onFile("sqljs.wasm", answer));
      await using page = await openPage(browser);
      await page.it.goto(`${server.url}blank.html`);
      expect(await open(page.it)).toBe(DONE);
    },
  );

  it("the store says so when the copy is missing as well, and opens when it is asked again", async (context) => {
    const browser = shared.browserFor(context);
    let missing = true;
    await using server = await serve(shared.project, (path) =>
      missing && /sqljs\.wasm$|inlined-wasm\.js$/.test(path) ? MISSING : undefined,
    );
    await using page = await openPage(browser);
    await page.it.goto(`${server.url}blank.html`);
    expect(await open(page.it)).toMatch(
      /StoreFailed.*neither sqljs\.wasm.*404.*nor the copy in the code.*`wasm`/,
    );
    missing = false;
    expect(await open(page.it)).toBe(DONE);
  });
});

describe("with an address as `wasm`", () => {
  it.for([
    ["is missing", MISSING, /my\.wasm was answered with 404 Not Found; serve sqljs\.wasm of/],
    [
      "is a page",
      PAGE,
      /my\.wasm is no WebAssembly .* text\/html that begins with "<!doctype html>/,
    ],
    ["is a page that says it were wasm", { ...PAGE, headers: {} }, /begins with "<!doctype html>/],
    [
      "is damaged",
      { body: wasm("browser").subarray(0, 300_000) },
      /is damaged .*; serve the file as/,
    ],
    ["is of another version", { body: wasm("browser-debug") }, /is no wasm of sql\.js 1\.16\.0/],
  ] satisfies [string, Answer, RegExp][])(
    "the store says that it %s",
    async ([, answer, words], context) => {
      const browser = shared.browserFor(context);
      await using server = await serve(shared.project, onFile("my.wasm", answer));
      await using page = await openPage(browser);
      await page.it.goto(`${server.url}blank.html`);
      expect(await open(page.it, '{ wasm: "/my.wasm" }')).toMatch(words);
    },
  );

  it("the store says that it cannot be reached", async (context) => {
    const browser = shared.browserFor(context);
    await using server = await serve(shared.project);
    await using page = await openPage(browser);
    await page.it.goto(`${server.url}blank.html`);
    // Nobody listens there.
    const result = await open(page.it, '{ wasm: "http://127.0.0.1:9/my.wasm" }');
    expect(result).toMatch(
      /http:\/\/127\.0\.0\.1:9\/my\.wasm cannot be fetched \(TypeError: Failed to fetch\)/,
    );
  });

  it("the store opens when the file is there the next time", async (context) => {
    const browser = shared.browserFor(context);
    const answers: Answer[] = [{ status: 503 }, { body: wasm("browser") }];
    await using server = await serve(shared.project, (path) =>
      path === "/my.wasm" ? answers.shift() : undefined,
    );
    await using page = await openPage(browser);
    await page.it.goto(`${server.url}blank.html`);
    expect(await open(page.it, '{ wasm: "/my.wasm" }')).toMatch(/was answered with 503/);
    expect(await open(page.it, '{ wasm: "/my.wasm" }')).toBe(DONE);
  });
});

describe("under a Content-Security-Policy", () => {
  it("that says nothing of WebAssembly, the store names the directive", async (context) => {
    const result = await openUnder("script-src 'self' 'unsafe-inline'", context);
    expect(result).toMatch(/StoreUnsupported.*add 'wasm-unsafe-eval' to script-src/);
  });

  it("that allows workers of the site alone, the store opens", async (context) => {
    const result = await openUnder(`${SCRIPTS}; worker-src 'self'; connect-src 'self'`, context);
    expect(result).toBe(DONE);
  });

  it("that forbids to fetch, the store opens", async (context) => {
    expect(await openUnder(`${SCRIPTS}; connect-src 'none'`, context)).toBe(DONE);
  });

  it("that allows workers of blob: URLs alone, the store opens", async (context) => {
    expect(await openUnder(`${SCRIPTS}; worker-src blob:`, context)).toBe(DONE);
  });

  it("that forbids workers, the store names the directive", async (context) => {
    const result = await openUnder(`${SCRIPTS}; worker-src 'none'`, context);
    expect(result).toMatch(
      /StoreUnsupported.*neither from its file.*nor from a copy.*worker-src 'self' or blob:/,
    );
  });
});

describe("the worker", () => {
  it.for([
    ["is missing", MISSING],
    ["is a page", PAGE],
    ["does not run", { body: "throw new Error('old browser')" }],
  ] satisfies [string, Answer][])(
    "starts from the copy in the code when its file %s",
    async ([, answer], context) => {
      const browser = shared.browserFor(context);
      await using server = await serve(shared.project, onFile("tab-worker.js", answer));
      await using page = await openPage(browser);
      await page.it.addInitScript(COUNT_BLOBS);
      await page.it.goto(`${server.url}blank.html`);
      expect(await open(page.it)).toBe(DONE);
      expect(page.workers.at(-1)).toMatch(/^blob:/);
      expect(await page.it.evaluate("blobs")).toBe(0);
    },
  );

  it("that a program gives is ended when it does not start, and can be given again", async (context) => {
    const browser = shared.browserFor(context);
    const answers: (Answer | undefined)[] = [MISSING, { body: "throw new Error('my fault')" }];
    await using server = await serve(shared.project, (path) =>
      path.endsWith("/tab-worker.js") ? answers.shift() : undefined,
    );
    await using page = await openPage(browser);
    await page.it.goto(`${server.url}blank.html`);
    const errors: unknown[] = [];
    page.it.on("pageerror", (error) => errors.push(error));
    const options = `{ worker: () => new Worker("/node_modules/@turno/store-wasm/dist/tab-worker.js", { type: "module" }) }`;
    expect(await open(page.it, options)).toMatch(
      /`worker` gives does not start \(its script was not found/,
    );
    expect(await open(page.it, options)).toMatch(/`worker` gives does not start \(.*my fault/);
    await expect.poll(() => page.it.workers()).toEqual([]);
    expect(errors).toEqual([]);
    expect(await open(page.it, options)).toBe(DONE);
  });
});

/** How many blob: URLs keep their bytes in memory. */
const COUNT_BLOBS = `
  globalThis.blobs = 0;
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => (blobs++, createObjectURL.call(URL, blob));
  URL.revokeObjectURL = (url) => (blobs--, revokeObjectURL.call(URL, url));
`;

const SCRIPTS = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

async function openUnder(
  policy: string,
  context: Parameters<typeof shared.browserFor>[0],
): Promise<string> {
  const browser = shared.browserFor(context);
  const headers = { "content-security-policy": policy };
  await using server = await serve(shared.project, (path) =>
    path === "/blank.html" ? { headers } : undefined,
  );
  await using page = await openPage(browser);
  await page.it.goto(`${server.url}blank.html`);
  return await open(page.it);
}

/** Opens a store with these options, has a job done, and tells what came of it. */
async function open(page: Page, options = ""): Promise<string> {
  return String(
    await page.evaluate(`Promise.all([import("@turno/store-wasm"), import("/done.js")]).then(
      ([{ openWasmStore }, { haveDone }]) => openWasmStore(${options}).then(haveDone)
    ).catch((error) => error.code + ": " + error)`),
  );
}

function onFile(name: string, answer: Answer): (path: string) => Answer | undefined {
  return (path) => (path.endsWith(`/${name}`) ? answer : undefined);
}

function wasm(build: string): Buffer {
  return readFileSync(sqlJs.replace("browser.js", `${build}.wasm`));
}
