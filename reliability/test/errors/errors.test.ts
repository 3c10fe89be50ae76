import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TurnoError } from "@turno/core";
import { describe, expect, it } from "vitest";
import { codesInSources, documentedCodes, messagesInSources, saysWhatToDo } from "./codes.ts";
import { ELSEWHERE, PROVOKERS } from "./provokers.ts";

const ROOT = join(import.meta.dirname, "../../..");
const documented = documentedCodes();
const inSources = [...codesInSources()].sort();

it("docs/errors.md has a row for each code that there is, and for no other", () => {
  expect([...documented.keys()].sort()).toEqual(inSources);
});

it("each code has a way to bring it about", () => {
  expect([...Object.keys(PROVOKERS), ...Object.keys(ELSEWHERE)].sort()).toEqual(inSources);
});

describe.each([...documented])("%s", (code, row) => {
  it("says what happened, what Turno did, and what you do", () => {
    // What is refused before it is stored leaves nothing to tell of Turno.
    const refused = code.endsWith("Refused") && code !== "ResultRefused";
    const columns = ["what happened", ...(refused ? [] : ["what Turno did"]), "what you do"];
    for (const column of columns) expect(row.get(column), column).toMatch(/\w.*[.;)]$/s);
  });

  const provoke = PROVOKERS[code];
  if (provoke === undefined) {
    it("is brought about in a test elsewhere", () => {
      const { test = "", words = "" } = ELSEWHERE[code] ?? {};
      expect(readFileSync(join(ROOT, test), "utf8")).toContain(words);
    });
  } else {
    it("comes about, with its code, and says what to do", async () => {
      const error = await provoke();
      expect(error).toMatchObject({ code, name: code, message: expect.any(String) });
      if (error instanceof TurnoError) expect(error.message).toSatisfy(saysWhatToDo);
    });
  }

  it.each(messagesInSources(code))("ends with what to do: %s", (message) => {
    if (code !== "ValueRefused") expect(message).toSatisfy(saysWhatToDo);
  });
});

describe("the check of messages", () => {
  it.each([
    ["the queue is closed", false],
    ["the queue is closed; nothing more happens", false],
    ["the queue is closed; make a new one to go on", true],
  ])("of %j is %s", (message, isGood) => {
    expect(saysWhatToDo(message)).toBe(isGood);
  });
});
