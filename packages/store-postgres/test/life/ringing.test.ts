import { setTimeout as sleep } from "node:timers/promises";
import type { NewJob } from "@turno/core";
import { describe, expect, it } from "vitest";
import { Ringing } from "../../src/life/ringing.ts";
import { bellIn, ringText } from "../../src/life/channel.ts";

const WRITE = { now: 1, add: [{ ready: true } as NewJob] };

describe("who rings", () => {
  it("rings with the first commit, and a moment later once for all that came meanwhile", async () => {
    const rung: unknown[] = [];
    const ringing = new Ringing(async (bells) => rung.push(bells));
    expect(ringing.with(WRITE)).toEqual(["ready"]);
    expect(ringing.with(WRITE)).toEqual([]);
    expect(ringing.with(WRITE)).toEqual([]);
    expect(rung).toEqual([]);
    await sleep(100);
    expect(rung).toEqual([["ready"]]);
  });

  it("does not ring where nothing was made ready or finished", () => {
    const ringing = new Ringing(() => Promise.reject(new Error("nobody was to be told")));
    expect(ringing.with({ now: 1 })).toEqual([]);
  });

  it("rings at the end what it has not rung yet", async () => {
    const rung: unknown[] = [];
    const ringing = new Ringing(async (bells) => rung.push(bells));
    ringing.with(WRITE);
    ringing.with(WRITE);
    await ringing.close();
    await sleep(50);
    expect(rung).toEqual([["ready"]]);
  });
});

describe("what is rung", () => {
  it("is heard by everybody but who rang", () => {
    expect(bellIn(ringText(7, ["ready", "finished"]), 8)).toEqual(["ready", "finished"]);
    expect(bellIn(ringText(7, ["ready", "finished"]), 7)).toEqual([]);
  });

  it("is nothing where somebody else uses the channel", () => {
    expect(bellIn("hello there", 8)).toEqual([]);
    expect(bellIn(undefined, 8)).toEqual([]);
  });
});
