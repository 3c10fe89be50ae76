// One of several processes that play scripts: gets orders from simulate.ts, and answers each.
import { checkUnderFaults } from "@turno/testkit";
import type { News, Order } from "./plays.ts";
import { STORES } from "./stores.ts";

process.on("message", ({ store, ...search }: Order) => {
  checkUnderFaults({ open: STORES[store], ...search }).then(
    ({ situations }) => tell({ situations: [...situations] }),
    (error: unknown) => tell({ failure: error instanceof Error ? error.message : String(error) }),
  );
});

// Nothing else ends the server or the PGlite that a store may have started.
process.on("disconnect", () => process.exit());

function tell(news: News): void {
  process.send?.(news);
}
