import { storeSuite } from "@turno/testkit";
import { killableTabs } from "./killable-tab.ts";

storeSuite("WasmStore in IndexedDB, between tabs", { ...killableTabs, runs: 20, steps: 40 });
