import { MemoryPersistence, memoryDisk, openWasmStore } from "@turno/store-wasm";
import { storeSuite } from "@turno/testkit";

storeSuite("MemoryWasmStore", {
  open: () => openWasmStore({ persistence: "memory" }),
  reopen(store) {
    const image = store.export();
    store.close();
    return openWasmStore({ persistence: "memory", image });
  },
});

const disks = new WeakMap<object, ReturnType<typeof memoryDisk>>();

storeSuite("WasmStore over a Persistence", {
  open: () => openOn(memoryDisk()),
  async reopen(store) {
    const disk = disks.get(store) ?? memoryDisk();
    await store.close();
    return openOn(disk);
  },
});

async function openOn(disk: ReturnType<typeof memoryDisk>) {
  const store = await openWasmStore({ persistence: new MemoryPersistence(disk) });
  disks.set(store, disk);
  return store;
}
