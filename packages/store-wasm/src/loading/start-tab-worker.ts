import { StoreUnsupported } from "@turno/core";
import { wordsOf } from "./not-loaded.ts";

/** A worker speaks as soon as its script is there, which takes its time in a slow network. */
const PATIENCE_MS = 15_000;

/**
 * A worker that runs `tab-worker.ts` and has said so: the one that `factory` gives, or else one from the file of this package,
 * or else from a copy that is part of the code. Of a worker that does not start nothing is left; the next call tries again.
 */
export async function startTabWorker(factory?: () => Worker): Promise<Worker> {
  if (factory !== undefined) return await startGiven(factory);
  if (typeof Worker === "undefined") {
    throw new StoreUnsupported(
      'cannot open the store: there are no workers here; choose persistence: "memory", or give one as `worker`',
    );
  }
  try {
    return await spoken(fromFile());
  } catch (first) {
    return await fromCopy().catch((second: unknown) => {
      throw new StoreUnsupported(
        `cannot open the store: its worker starts neither from its file (${wordsOf(first)}) nor from a copy in a blob: ` +
          `URL (${wordsOf(second)}); add worker-src 'self' or blob: to the page's Content-Security-Policy, or start ` +
          "@turno/store-wasm/worker yourself, and give that as `worker`",
        { cause: first },
      );
    });
  }
}

async function startGiven(factory: () => Worker): Promise<Worker> {
  if (typeof factory !== "function") {
    throw new TypeError(`worker must be a function that gives a Worker, but is ${typeof factory}`);
  }
  const worker = checkWorker(made(factory));
  try {
    return await spoken(worker);
  } catch (cause) {
    throw givenDoesNotStart(cause);
  }
}

function made(factory: () => Worker): unknown {
  try {
    return factory();
  } catch (cause) {
    throw givenDoesNotStart(cause);
  }
}

function givenDoesNotStart(cause: unknown): StoreUnsupported {
  return new StoreUnsupported(
    `cannot open the store: the worker that \`worker\` gives does not start (${wordsOf(cause)}); give a new one at each ` +
      "call, that runs @turno/store-wasm/worker as a module",
    { cause },
  );
}

/** Told by what it can do: it may come from another realm. A SharedWorker is none, nor is the promise of a worker. */
function checkWorker(value: unknown): Worker {
  if (
    typeof value === "object" &&
    value !== null &&
    "postMessage" in value &&
    "terminate" in value
  ) {
    return value as Worker;
  }
  throw new TypeError(
    `worker must give a Worker, but gave ${Object.prototype.toString.call(value)}`,
  );
}

function fromFile(): Worker {
  // The build puts "./tab-worker.js" here. Bundlers look for just this expression.
  return new Worker(new URL("../tab-worker.ts", import.meta.url), {
    type: "module",
    name: "turno",
  });
}

/** For where the file is lost, or of another origin. */
async function fromCopy(): Promise<Worker> {
  const { inlinedWorker } = await import("./inlined-worker.ts");
  if (inlinedWorker === undefined) throw new Error("there is a copy only in what was built");
  const url = URL.createObjectURL(new Blob([inlinedWorker], { type: "text/javascript" }));
  try {
    return await spoken(new Worker(url, { type: "module", name: "turno" }));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The worker, once it has said that it is here; else it is ended. */
async function spoken(worker: Worker): Promise<Worker> {
  const heard = new AbortController();
  try {
    await firstWord(worker, heard.signal);
    return worker;
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    heard.abort();
  }
}

function firstWord(worker: Worker, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.addEventListener(
      "message",
      ({ data }: MessageEvent<{ kind?: unknown } | null>) => {
        if (data?.kind === "here") resolve();
      },
      { signal },
    );
    worker.addEventListener(
      "error",
      (event) => {
        // It is told by what this rejects with, and must not reach window.onerror too.
        event.preventDefault();
        reject(new Error(wordsOfEvent(event)));
      },
      { signal },
    );
    const silence = setTimeout(
      () => reject(new Error(`it was silent for ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    );
    signal.addEventListener("abort", () => clearTimeout(silence));
  });
}

/** A script that cannot be loaded gives an event without words. */
function wordsOfEvent({ message, filename, lineno }: Partial<ErrorEvent>): string {
  if (message) return `${message} (${filename}:${lineno})`;
  return "its script was not found, is no JavaScript or is forbidden by the Content-Security-Policy";
}
