import type { Browser, Page } from "playwright";

/** What came of a page that opens a store and has a job done. */
export interface Visit {
  /** What the job's handler made; else what went wrong. */
  readonly result: string;
  /** The address of the worker, or of the last one that it tried to start. */
  readonly worker: string | undefined;
  /** The last parts of the addresses that were asked for. */
  readonly files: readonly string[];
}

/** A page of a context of its own, and the addresses of the workers that it has started so far. */
interface OpenPage extends AsyncDisposable {
  readonly it: Page;
  readonly workers: readonly string[];
}

/** Opens a page in a browser that knows nothing yet, and waits for what its program says. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  await using page = await openPage(browser);
  const files: string[] = [];
  page.it.on("request", (request) => files.push(nameOf(request.url())));
  let failure: string | undefined;
  page.it.on("pageerror", (error) => (failure ??= String(error)));
  await page.it.goto(url);
  const said = await page.it.waitForFunction("document.body.dataset.result");
  const result = String(await said.jsonValue());
  return { result: failure ?? result, worker: page.workers.at(-1), files };
}

/** Opens a page of a context of its own. */
export async function openPage(browser: Browser): Promise<OpenPage> {
  const context = await browser.newContext();
  const it = await context.newPage();
  it.setDefaultTimeout(20_000);
  const workers: string[] = [];
  it.on("worker", (worker) => workers.push(worker.url()));
  return { it, workers, [Symbol.asyncDispose]: () => context.close() };
}

function nameOf(url: string): string {
  return new URL(url).pathname.split("/").at(-1) ?? "";
}
