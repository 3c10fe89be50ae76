// The program of a page's dedicated worker. Nothing of it, nor of what it imports, loads a file: the page gives it the
// compiled SQLite.
import { startSqlJs } from "./loading/start-sql-js.ts";
import type { FromPage, ToPage } from "./tabs/messages.ts";
import { plainError } from "./tabs/plain-error.ts";
import { Tab } from "./tabs/tab.ts";
import { browserEnvironment } from "./tabs/tab-environment.ts";

/** What is used here of a dedicated worker's global scope. */
declare const self: {
  onmessage: (event: MessageEvent<FromPage>) => void;
  postMessage(message: ToPage): void;
};

/** Undefined where the page was told that there will be none. */
let tab: Promise<Tab | undefined> | undefined;

self.onmessage = ({ data }) => {
  if (data.kind === "open") tab = open(data);
  else void tab?.then((opened) => opened?.hear(data));
};
tell({ kind: "here" });

async function open({ module, ...settings }: FromPage & { kind: "open" }) {
  try {
    return await Tab.join(browserEnvironment(await startSqlJs(module)), settings, tell);
  } catch (error) {
    tell({ kind: "refused", error: plainError(error) });
    return undefined;
  }
}

function tell(message: ToPage): void {
  self.postMessage(message);
}
