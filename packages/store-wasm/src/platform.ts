// Types of the platform as whoever imports this package knows them: not everybody has those of the DOM.

type Platform = typeof globalThis;

/** A compiled module of WebAssembly. */
export type WasmModule = Platform extends {
  WebAssembly: { Module: abstract new (...args: never) => infer Module };
}
  ? Module
  : object;

/** A dedicated worker. */
export type PageWorker = Platform extends { Worker: abstract new (...args: never) => infer Made }
  ? Made
  : object;

/** What `fetch` answers. */
export type FetchResponse = Platform extends {
  Response: abstract new (...args: never) => infer Made;
}
  ? Made
  : object;
