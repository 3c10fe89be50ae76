import { StoreUnsupported } from "@turno/core";

/** The shortest module there is: its magic number and its version. */
const EMPTY_WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Throws `StoreUnsupported` where no wasm can be compiled; after it, whatever does not compile is damaged. */
export async function checkPlatform(): Promise<void> {
  if (typeof WebAssembly === "undefined") {
    throw new StoreUnsupported(
      "cannot open the store: there is no WebAssembly here; Apple's lockdown mode, for one, takes it away; use " +
        "MemoryStore of @turno/core instead, or ask for an exception for this site",
    );
  }
  try {
    await WebAssembly.compile(EMPTY_WASM);
  } catch (cause) {
    throw new StoreUnsupported(
      "cannot open the store: WebAssembly may not be compiled here; add 'wasm-unsafe-eval' to script-src in the page's " +
        "Content-Security-Policy, or, on an edge runtime, import the wasm as a module and give it as `wasm`",
      { cause },
    );
  }
}
