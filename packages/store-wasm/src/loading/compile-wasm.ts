import { checkInterface } from "./check-interface.ts";
import { notLoaded } from "./not-loaded.ts";

const MAGIC = "\0asm";

/** Compiles sqljs.wasm from its bytes or from the answer of a server; `name` is what errors call it. */
export async function compileWasm(
  from: BufferSource | Response,
  name: string,
): Promise<WebAssembly.Module> {
  const module = isResponse(from)
    ? await compileResponse(from, name)
    : await compileBytes(from, name);
  checkInterface(module, name);
  return module;
}

/** Told by its shape: it may come from another realm, or from a library. */
export function isResponse(value: object): value is Response {
  return "status" in value && "arrayBuffer" in value && "headers" in value;
}

async function compileResponse(response: Response, name: string): Promise<WebAssembly.Module> {
  refuseStatus(response, name);
  const contentType = response.headers.get("content-type") ?? "";
  // The copy is read only where it is needed to see what is wrong, or where the type forbids to compile on the way.
  const copy = response.clone();
  const module = /^application\/wasm\b/i.test(contentType) && (await compiledOnTheWay(response));
  if (!module) return compileBytes(await bytesOf(copy, name), name, contentType);
  copy.body?.cancel().catch(() => {});
  return module;
}

function refuseStatus({ ok, status, statusText, type }: Response, name: string): void {
  if (ok) return;
  if (type === "opaque") {
    throw notLoaded(
      `the answer for ${name} is opaque`,
      "fetch it with CORS, or from your own origin",
    );
  }
  throw notLoaded(
    `${name} was answered with ${`${status} ${statusText}`.trim()}`,
    "serve sqljs.wasm of @turno/store-wasm there, or give the right address as `wasm`",
    { transient: status >= 500 || status === 429 || status === 408 },
  );
}

async function compiledOnTheWay(response: Response): Promise<WebAssembly.Module | undefined> {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch {
    return undefined;
  }
}

async function bytesOf(response: Response, name: string): Promise<ArrayBuffer> {
  try {
    return await response.arrayBuffer();
  } catch (cause) {
    throw notLoaded(`${name} broke off`, "try again", { cause, transient: true });
  }
}

async function compileBytes(
  bytes: BufferSource,
  name: string,
  contentType?: string,
): Promise<WebAssembly.Module> {
  refuseOther(bytes, name, contentType);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw notLoaded(`${name} is damaged`, "serve the file as it is in the package, all of it", {
      cause,
    });
  }
}

function refuseOther(bytes: BufferSource, name: string, contentType?: string): void {
  const beginning = beginningOf(bytes);
  if (beginning.startsWith(MAGIC)) return;
  const type = contentType ? ` of type ${contentType}` : "";
  throw notLoaded(
    `${name} is no WebAssembly but something${type} that begins with ${JSON.stringify(beginning)}`,
    "serve sqljs.wasm of @turno/store-wasm there: many servers send a page for a file that they do not have",
  );
}

function beginningOf(bytes: BufferSource): string {
  const [buffer, offset] = ArrayBuffer.isView(bytes)
    ? [bytes.buffer, bytes.byteOffset]
    : [bytes, 0];
  const length = Math.min(bytes.byteLength, 40);
  return new TextDecoder().decode(new Uint8Array(buffer, offset, length));
}
