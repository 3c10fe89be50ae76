import type { Awaitable } from "@turno/core";
import { checkInterface } from "./check-interface.ts";
import { checkPlatform } from "./check-platform.ts";
import { compileWasm, isResponse } from "./compile-wasm.ts";
import { notLoaded, wordsOf } from "./not-loaded.ts";
import type { FetchResponse, WasmModule } from "../platform.ts";
import { ownWasmUrl } from "./own-wasm-url.ts";

/** Where sqljs.wasm of this package is to be had: its address, the compiled module, or a function that gets it. */
export type WasmSource =
  | string
  | URL
  | WasmModule
  | (() => Awaitable<WasmModule | ArrayBuffer | ArrayBufferView | FetchResponse>);

let own: Promise<WebAssembly.Module> | undefined;

/**
 * The compiled wasm of sql.js: from `source`, or else the file beside this module, or else a copy that is part of the code.
 * A failure is not kept: the next call tries again.
 */
export async function loadWasm(source?: WasmSource): Promise<WasmModule> {
  if (source !== undefined) return await loadFrom(source);
  own ??= loadOwn().catch((error: unknown) => {
    own = undefined;
    throw error;
  });
  return await own;
}

async function loadFrom(source: WasmSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return checked(source as WebAssembly.Module);
  if (typeof source === "string" || source instanceof URL) {
    await checkPlatform();
    return await fetchWasm(source);
  }
  if (typeof source !== "function") throw wrongType("wasm", source);
  const got = await gotten(source as () => unknown);
  if (isModule(got)) return checked(got as WebAssembly.Module);
  await checkPlatform();
  if (isBytes(got)) return await compileWasm(got, "what `wasm` gave");
  if (typeof got !== "object" || got === null || !isResponse(got)) throw wrongType("wasm()", got);
  return await compileWasm(got, got.url || "what `wasm` gave");
}

async function gotten(source: () => unknown): Promise<unknown> {
  try {
    return await source();
  } catch (cause) {
    throw notLoaded("the function given as `wasm` failed", "look at what it asks for", { cause });
  }
}

async function loadOwn(): Promise<WebAssembly.Module> {
  await checkPlatform();
  const url = ownWasmUrl();
  if (url === undefined) return await loadInlined();
  try {
    return await fetchWasm(url);
  } catch (first) {
    return await loadInlined().catch((second: unknown) => {
      throw notLoaded(
        `neither sqljs.wasm can be loaded (${wordsOf(first)}) nor the copy in the code (${wordsOf(second)})`,
        "try again when the network is back, or serve the file yourself and give its address as `wasm`",
        { cause: first, transient: true },
      );
    });
  }
}

/** Loaded on demand: it is ten times as large as all else. */
async function loadInlined(): Promise<WebAssembly.Module> {
  const { inlinedWasm } = await import("./inlined-wasm.ts");
  return await compileWasm(await inlinedWasm(), "the copy in the code");
}

async function fetchWasm(url: string | URL): Promise<WebAssembly.Module> {
  return await compileWasm(await answerOf(url), String(url));
}

async function answerOf(url: string | URL): Promise<Response> {
  try {
    return await fetch(url);
  } catch (cause) {
    throw notLoaded(
      `${url} cannot be fetched`,
      "look at its address, the network, its CORS headers, and connect-src in the page's Content-Security-Policy; " +
        "what lies on a disk is given by a function, wasm: () => readFile(…)",
      { cause, transient: true },
    );
  }
}

function checked(module: WebAssembly.Module): WebAssembly.Module {
  checkInterface(module, "the module given as `wasm`");
  return module;
}

/** Told by its tag, and not by its class: it may come from another realm. For TypeScript everything is a module. */
function isModule(value: unknown): boolean {
  return tagOf(value) === "[object WebAssembly.Module]";
}

function isBytes(value: unknown): value is BufferSource {
  return ArrayBuffer.isView(value) || tagOf(value) === "[object ArrayBuffer]";
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

function wrongType(name: string, value: unknown): TypeError {
  const wanted =
    name === "wasm"
      ? "an address, a WebAssembly.Module or a function that gets one"
      : "a WebAssembly.Module, its bytes or a Response";
  const shown = value === null || typeof value !== "object" ? String(value) : tagOf(value);
  return new TypeError(`${name} must be ${wanted}, but is ${shown}`);
}
