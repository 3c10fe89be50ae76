import { MemoryStore } from "@turno/core";
import { hostileSuite } from "../../src/hostile/hostile-suite.ts";
import { longCampaign } from "./long-campaign.ts";

hostileSuite("MemoryStore", {
  open: () => new MemoryStore(),
  opening: { options: ["random"], open: (_, options) => new MemoryStore(options as object) },
  ...longCampaign,
});
