import { SimulatedClock } from "@turno/testkit";
import { expect, it } from "vitest";
import type { Call } from "../../src/holder/call.ts";
import type { Letter, News, ToPage } from "../../src/tabs/messages.ts";
import { Tab } from "../../src/tabs/tab.ts";
import type { TabEnvironment } from "../../src/tabs/tab-environment.ts";
import { SimulatedChannels } from "./simulated-channels.ts";
import { SimulatedLocks } from "./simulated-locks.ts";

const enter = (code: () => void) => code();
const { signal } = new AbortController();
const turn = () => new Promise((resolve) => void setImmediate(resolve));

/** A tab that does not lead; the test speaks for those that do. */
async function aFollower() {
  const channels = new SimulatedChannels();
  const locks = new SimulatedLocks();
  const others = locks.of(enter, signal);
  void others.request("turno/queue/leader", () => new Promise(() => {}));
  const told: ToPage[] = [];
  const openChannels = new Set<BroadcastChannel>();
  const open = (name: string) => {
    const channel = channels.open(name, enter, signal);
    openChannels.add(channel);
    const close = channel.close.bind(channel);
    return Object.assign(channel, {
      close() {
        openChannels.delete(channel);
        close();
      },
    });
  };
  const environment = {
    locks: others,
    channel: open,
    clock: new SimulatedClock(),
    newId: () => "follower",
  } as unknown as TabEnvironment;
  const settings = { name: "queue", table: "turno_", chance: 0.5 };
  const tab = await Tab.join(environment, settings, (message) => told.push(message));
  const news = channels.open("turno/queue", enter, signal);
  const speakFor = (leader: string) => {
    const heard: Letter[] = [];
    const own = channels.open(`turno/queue/${leader}`, enter, signal);
    own.onmessage = ({ data }) => heard.push(data as Letter);
    const follower = channels.open("turno/queue/follower", enter, signal);
    return {
      heard,
      lead: (reign = 1, protocol = 1, salt = 7) =>
        news.postMessage({ kind: "leads", leader, reign, salt, protocol } satisfies News),
      send: (letter: Letter) => follower.postMessage(letter),
    };
  };
  return { tab, told, speakFor, openChannels };
}

it("a refusal by an earlier leader does not count once another was asked", async () => {
  const { tab, told, speakFor } = await aFollower();
  const [first, second] = [speakFor("first"), speakFor("second")];
  first.lead();
  await turn();
  const call: Call = { caller: "page", call: 1, done: 1, method: "commit", args: [{ now: 1 }] };
  tab.hear({ kind: "call", call });
  await turn();
  second.lead();
  await turn();
  for (const { heard } of [first, second])
    expect(heard.filter(({ kind }) => kind === "call")).toEqual([
      { kind: "call", from: "follower", salt: 7, call },
    ]);
  const error = { name: "StoreFull", code: "StoreFull", message: "no room" };
  const answer = { kind: "answer", reign: 1, caller: "page", call: 1 } as const;
  first.send({ ...answer, from: "first", error });
  await turn();
  second.send({ ...answer, from: "second", value: "done" });
  await turn();
  const answers = told.filter(({ kind }) => kind === "answer");
  expect(answers).toMatchObject([{ call: 1, value: "done" }]);
});

it("a leader is sent a call again when it leads anew, not when it only says so", async () => {
  const { tab, speakFor } = await aFollower();
  const first = speakFor("first");
  first.lead();
  await turn();
  tab.hear({
    kind: "call",
    call: { caller: "page", call: 1, done: 1, method: "counts", args: [] },
  });
  await turn();
  first.lead();
  await turn();
  expect(first.heard.filter(({ kind }) => kind === "call")).toHaveLength(1);
  first.lead(2);
  await turn();
  expect(first.heard.filter(({ kind }) => kind === "call")).toHaveLength(2);
});

it("a call that was made for data which were deleted is sent to nobody who leads afterwards", async () => {
  const { tab, told, speakFor } = await aFollower();
  const [first, second] = [speakFor("first"), speakFor("second")];
  first.lead();
  await turn();
  second.lead(1, 1, 8);
  await turn();
  tab.hear({
    kind: "call",
    call: { caller: "page", call: 1, done: 1, method: "counts", args: [] },
  });
  first.lead(2, 1, 8);
  await turn();
  expect(told).toMatchObject([
    { kind: "open", salt: 7 },
    { kind: "open", salt: 8 },
  ]);
  expect([...first.heard, ...second.heard]).toEqual([]);
});

it("a tab that leads and is of another version is not called", async () => {
  const { tab, told, speakFor } = await aFollower();
  const [own, other] = [speakFor("own"), speakFor("other")];
  const ask = (call: number) =>
    tab.hear({
      kind: "call",
      call: { caller: "page", call, done: call, method: "counts", args: [] },
    });
  other.lead(1, 2);
  await turn();
  expect(told).toMatchObject([{ kind: "refused", error: { code: "StoreNewer" } }]);
  ask(1);
  expect(told.at(-1)).toMatchObject({ kind: "answer", call: 1, error: { code: "StoreNewer" } });
  own.lead();
  await turn();
  ask(2);
  await turn();
  expect(other.heard).toEqual([]);
  expect(own.heard).toMatchObject([{ kind: "call", call: { call: 2 } }]);
});

it("no channels to earlier leaders are left open", async () => {
  const { tab, speakFor, openChannels } = await aFollower();
  for (let number = 1; number <= 5; number++) {
    const leader = speakFor(`leader${number}`);
    leader.lead();
    await turn();
    tab.hear({
      kind: "call",
      call: { caller: "page", call: number, done: 1, method: "counts", args: [] },
    });
    await turn();
    expect(leader.heard).toHaveLength(number);
  }
  // For news, for its own letters, and to the one that leads.
  expect(openChannels.size).toBe(3);
});

it("a tab that does not lead gives no sign of life to those who wait for it to", async () => {
  const { speakFor } = await aFollower();
  const other = speakFor("other");
  other.send({ kind: "ping", from: "other" });
  await turn();
  expect(other.heard).toEqual([]);
});
