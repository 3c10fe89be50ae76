import type { Store } from "@turno/core";
import type { Bench } from "../bench.ts";

/** What a store promises, sentence by sentence, each with a test that rejects where it does not hold. */
export type Examples<Tool = undefined> = Readonly<
  Record<string, (bench: Bench, tool: Tool) => Promise<void>>
>;

/** Opens another store on the data of the bench's. */
export type OpenAnother = () => Promise<Store>;
