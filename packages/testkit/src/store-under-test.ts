import type { Awaitable, Store } from "@turno/core";

/** How the suite comes by the stores that it tests. */
export interface StoreUnderTest<S extends Store = Store> {
  /** Opens a fresh, empty store: one for each example and for each run of the property. The suite closes it. */
  open(): Awaitable<S>;
  /** Opens a second connection to the data of `store`; commands then alternate between the two. */
  openSecond?(store: S): Awaitable<S>;
  /** Closes `store` and opens its data again. Absent where data do not outlive their store. */
  reopen?(store: S): Awaitable<S>;
  /**
   * Ends the process or the tab that holds `store`, as a crash would: `store` is not closed, and may never answer again.
   * Needs `openSecond`, which is then also called with a store that was killed, and may come to find no other open. Once
   * it has opened one, nothing that was asked of a killed store may still come to pass. Absent where nothing can be
   * killed, or where nobody is told that a killed store's workers are gone.
   */
  kill?(store: S): Awaitable<void>;
  /** How many sequences of commands the property tries. Default: 100. */
  readonly runs?: number | undefined;
  /** How many commands a sequence has at the most. Default: 60. */
  readonly steps?: number | undefined;
  /** Repeats the sequences of an earlier run: the seed and, for one sequence alone, the path that it printed. */
  readonly replay?: { readonly seed: number; readonly path?: string | undefined } | undefined;
}
