import { checkStore } from "@turno/testkit";
import { describe, expect, it } from "vitest";
import { checkAgainstModel } from "../src/property/check-against-model.ts";
import { faultyClaims } from "./faulty-stores/faulty-claims.ts";
import { PlainStore } from "./plain-store.ts";

const open = faultyClaims["ignores priority"] ?? (() => new PlainStore());

describe("a store that differs from the model", () => {
  it("is reported with a short sequence of commands, and with what differs", async () => {
    const message = await failureOf(checkAgainstModel({ open, replay: { seed: 1 } }));
    expect(message).toContain("After these commands the store differs from the model:\n[");
    expect(message).toMatch(/what the commit answered:\n {2}\.claimed\[0\]/);
    expect(message.match(/^ {2}\{"do":/gm)?.length).toBeLessThan(8);
  });

  it("differs again when the sequence is replayed", async () => {
    const message = await failureOf(checkAgainstModel({ open, replay: { seed: 1 } }));
    const [, json = "{}"] = /the option replay: (\{.*\})\n/.exec(message) ?? [];
    const replay = JSON.parse(json) as { seed: number; path: string };
    const again = await failureOf(checkAgainstModel({ open, replay }));
    expect(commandsOf(again)).toBe(commandsOf(message));
  });
});

describe("checkStore", () => {
  it("resolves for a store that keeps its promises", async () => {
    await expect(checkStore({ open: () => new PlainStore(), runs: 3 })).resolves.toBeUndefined();
  });

  it("rejects with the first promise that is not kept", async () => {
    expect(await failureOf(checkStore({ open }))).toContain(
      "claims: the highest priority is claimed first, then the earliest runAt, then the oldest",
    );
  });
});

function commandsOf(message: string): string {
  return message.slice(0, message.indexOf("]"));
}

async function failureOf(check: Promise<void>): Promise<string> {
  return await check.then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}
