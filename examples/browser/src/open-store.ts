import { openWasmStore } from "@turno/store-wasm";

/** The store that all tabs of this page share, and that outlives them: everything else here would run on any other. */
export function openStore() {
  return openWasmStore({ name: "photos" });
}

export type PhotoStore = Awaited<ReturnType<typeof openStore>>;
