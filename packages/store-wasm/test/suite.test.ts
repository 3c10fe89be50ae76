import { openWasmStore } from "@turno/store-wasm";
import { storeSuite } from "@turno/testkit";

storeSuite("WasmStore", {
  open: () => openWasmStore(),
  reopen(store) {
    const image = store.export();
    store.close();
    return openWasmStore({ image });
  },
});
