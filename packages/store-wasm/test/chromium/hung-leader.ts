import { openTabs } from "./harness/open-tabs.ts";
import type { Session } from "./harness/session.ts";
import type { Setting } from "./harness/setting.ts";
import { judgeNotes, type Verdict } from "./judge-notes.ts";
import type { Note } from "./page/page.ts";

interface Account extends Verdict {
  /** From when the leader began to hang until a call of another tab's was answered. */
  readonly answeredMs: number;
  /** Writes of the former leader's that were refused once it went on. */
  readonly refused: number;
  /** Who leads in the end. */
  readonly leader: string | undefined;
}

/** The worker of the tab that leads stands still for so long, while that tab and another enqueue without pause. */
export async function hungLeader(
  { site, start }: Setting,
  { hangsMs }: { readonly hangsMs: number },
): Promise<Account> {
  await using browser = await start();
  const [leader, other] = await openTabs(browser, site, "A", "B");
  const worker = await leader.worker();
  await countRefusals(worker);
  for (const tab of [leader, other])
    await tab.run((name) => page.enqueueWithoutPause(name, 8), tab.name);
  const hasTold = (name: string, count: number) =>
    browser.told.until((all) => all.filter(({ by }) => by === name).length >= count);
  await Promise.all([hasTold("A", 50), hasTold("B", 50)]);

  const startedAt = performance.now();
  const hung = worker.run((ms) => {
    const endsAt = performance.now() + ms;
    while (performance.now() < endsAt);
  }, hangsMs);
  await other.run(() => page.queue.enqueue("note", { by: "afterwards", n: 0 }));
  const answeredMs = performance.now() - startedAt;
  await hung;
  const { length } = browser.told.all();
  await browser.told.until((all) => all.slice(length).filter(({ by }) => by === "A").length >= 50);
  for (const tab of [leader, other]) await tab.run(() => page.pause());
  const acknowledged = browser.told.all<Note>().map(({ words }) => words);
  return {
    ...judgeNotes(acknowledged, await leader.run(() => page.notes())),
    answeredMs,
    refused: await worker.run(() => globalThis.refused),
    leader: await other.run(() => page.leader()),
  };
}

declare global {
  /** In a worker: how many transactions were aborted. */
  var refused: number;
}

/** A write is refused by aborting its transaction. */
function countRefusals(worker: Session): Promise<void> {
  return worker.run(() => {
    globalThis.refused = 0;
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...args) {
      const begun = transaction.apply(this, args);
      begun.addEventListener("abort", () => globalThis.refused++);
      return begun;
    };
  });
}
