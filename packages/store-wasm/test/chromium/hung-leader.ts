import { openTabs } from "./harness/open-tabs.ts";
import type { Session } from "./harness/session.ts";
import type { Setting } from "./harness/setting.ts";
import { judgeNotes, type Verdict } from "./judge-notes.ts";
import type { Note } from "./page/page.ts";

interface HungLeaderOptions {
  /** A worker that hangs does nothing for eight seconds; a page that is frozen, until another has taken its place. */
  readonly how: "hangs" | "is frozen";
}

interface Account extends Verdict {
  /** From when the leader stood still until a call of another tab's was answered. */
  readonly answeredMs: number;
  /** Writes of the former leader's that were refused once it went on. */
  readonly refused: number;
  /** Who leads in the end. */
  readonly leader: string | undefined;
}

const HANGS_MS = 8_000;

/** The tab that leads stands still, while it and another enqueue without pause. */
export async function hungLeader(
  { site, start }: Setting,
  { how }: HungLeaderOptions,
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
  const goesOn = how === "hangs" ? hang(worker) : leader.freeze(true);
  await other.run(() => page.queue.enqueue("note", { by: "afterwards", n: 0 }));
  const answeredMs = performance.now() - startedAt;
  await goesOn;
  if (how === "is frozen") await leader.freeze(false);
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

function hang(worker: Session): Promise<void> {
  return worker.run((ms) => {
    const endsAt = performance.now() + ms;
    while (performance.now() < endsAt);
  }, HANGS_MS);
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
