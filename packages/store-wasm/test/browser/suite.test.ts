import { MemoryStore } from "@turno/core";
import { storeSuite } from "@turno/testkit";

storeSuite("memory, in Chromium", { open: () => new MemoryStore() });
