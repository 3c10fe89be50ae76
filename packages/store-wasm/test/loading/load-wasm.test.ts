import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { checkInterface } from "../../src/loading/check-interface.ts";
import { loadWasm, type WasmSource } from "../../src/loading/load-wasm.ts";
import { SQL_JS_NOTICE } from "../../build/sql-js-notice.ts";

const require = createRequire(import.meta.url);
const bytes = readFileSync(require.resolve("sql.js/dist/sql-wasm-browser.wasm"));
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const AS_WASM = { headers: { "content-type": "application/wasm" } };

describe("loadWasm", () => {
  it("compiles its own wasm once for all", async () => {
    const [one, other] = await Promise.all([loadWasm(), loadWasm()]);
    expect(one).toBeInstanceOf(WebAssembly.Module);
    expect(other).toBe(one);
    expect(await loadWasm()).toBe(one);
  });

  it.for<[string, WasmSource]>([
    ["a module", new WebAssembly.Module(bytes)],
    ["a function that gives a module", () => new WebAssembly.Module(bytes)],
    ["a function that gives bytes", () => bytes],
    ["a function that gives a buffer", () => new Uint8Array(bytes).buffer],
    ["a function that promises bytes", async () => bytes],
    ["a function that gives an answer", () => new Response(bytes, AS_WASM)],
    ["a function that promises an answer of no type", async () => new Response(bytes)],
    ["an address", `data:application/wasm;base64,${bytes.toString("base64")}`],
    ["an URL", new URL(`data:application/wasm;base64,${bytes.toString("base64")}`)],
  ])("takes %s", async ([, source]) => {
    const module = await loadWasm(source);
    expect(() => checkInterface(module, "it")).not.toThrow();
  });

  it.for<[string, unknown, RegExp]>([
    ["null", null, /^wasm must be an address, .* but is null$/],
    ["bytes", bytes, /^wasm must be an address, .* but is \[object Uint8Array\]$/],
    ["a function that gives nothing", () => {}, /^wasm\(\) must be a .* but is undefined$/],
    ["a function that gives an address", () => "/a.wasm", /^wasm\(\) must be .* but is \/a\.wasm$/],
  ])("refuses %s", async ([, source, words]) => {
    await expect(loadWasm(source as WasmSource)).rejects.toThrow(TypeError);
    await expect(loadWasm(source as WasmSource)).rejects.toThrow(words);
  });

  it.for<[string, WasmSource, string, RegExp]>([
    [
      "a function that fails",
      () => Promise.reject(new Error("ENOENT")),
      "StoreFailed",
      /the function given as `wasm` failed \(ENOENT\)/,
    ],
    ["bytes of nothing", () => EMPTY.slice(0, 3), "StoreFailed", /begins with "\\u0000as"/],
    ["damaged bytes", () => bytes.subarray(0, 9_999), "StoreFailed", /is damaged \(CompileError/],
    ["another module", new WebAssembly.Module(EMPTY), "StoreUnsupported", /is no wasm of sql\.js/],
    ["another module's bytes", () => EMPTY, "StoreUnsupported", /is no wasm of sql\.js/],
    ["an answer that breaks off", () => brokenOff(), "StoreFailed", /broke off \(the cable\)/],
    ["an answer of an error", () => new Response("", { status: 500 }), "StoreFailed", /with 500;/],
    ["a place on a disk", new URL("file:///a.wasm"), "StoreFailed", /wasm: \(\) => readFile/],
  ])("tells of %s", async ([, source, code, words]) => {
    await expect(loadWasm(source)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  });

  it("tells what may be better the next time without anybody's help", async () => {
    const answer = (status: number) => loadWasm(() => new Response("", { status }));
    await expect(answer(404)).rejects.toMatchObject({ transient: false });
    await expect(answer(503)).rejects.toMatchObject({ transient: true });
    await expect(loadWasm(() => brokenOff())).rejects.toMatchObject({ transient: true });
  });

  it("names the cure where nothing may be compiled, but takes a module there", async () => {
    const compile = vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("forbidden"));
    onTestFinished(() => compile.mockRestore());
    await expect(loadWasm(() => bytes)).rejects.toMatchObject({
      code: "StoreUnsupported",
      message: expect.stringMatching(/'wasm-unsafe-eval'.*as `wasm`/),
    });
    expect(await loadWasm(new WebAssembly.Module(bytes))).toBeInstanceOf(WebAssembly.Module);
  });
});

describe("the version of sql.js", () => {
  it("is the one that errors and the licence name", () => {
    const json = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const version: string = JSON.parse(json).devDependencies["sql.js"];
    expect(SQL_JS_NOTICE).toContain(`sql.js ${version},`);
    expect(() => checkInterface(new WebAssembly.Module(EMPTY), "it")).toThrow(`sql.js ${version},`);
  });
});

function brokenOff(): Response {
  let pulls = 0;
  const body = new ReadableStream({
    pull(stream) {
      if (pulls++ === 0) stream.enqueue(bytes.subarray(0, 1_000));
      else stream.error(new Error("the cable"));
    },
  });
  return new Response(body, AS_WASM);
}
