import { MemoryStore } from "@turno/core";
import { storeSuite } from "@turno/testkit";

storeSuite("memory", { open: () => new MemoryStore(), runs: 5 });
