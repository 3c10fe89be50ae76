import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, type Complaint } from "./compile.ts";
import { misusesIn, shownMisuses } from "./misuses.ts";

const source = readFileSync(join(import.meta.dirname, "must-not-compile.ts"), "utf8");
const names = misusesIn(source, []).map(({ name }) => name);

let complaints: readonly Complaint[];
beforeAll(() => {
  complaints = compile();
}, 60_000);

const misuses = () =>
  misusesIn(
    source,
    complaints.filter(({ file }) => file === "must-not-compile.ts"),
  );

describe("what must not compile", () => {
  it.each(names)("does not: %s", (name) => {
    const misuse = misuses().find((candidate) => candidate.name === name);
    expect(misuse?.complaints).not.toEqual([]);
  });

  it("is all that the compiler complains of", () => {
    expect(misuses().flatMap((misuse) => misuse.complaints)).toEqual(complaints);
  });

  it("says what stands in must-not-compile.txt", async () => {
    await expect(shownMisuses(misuses())).toMatchFileSnapshot("must-not-compile.txt");
  });

  it("says so without all the definitions, where it is about handlers and claimed jobs", () => {
    const concerned = misuses().filter(({ name }) => /handler|[Cc]ompleting|claimed/.test(name));
    const messages = concerned.flatMap((misuse) => misuse.complaints);
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.filter(({ message }) => message.includes("maxAttempts"))).toEqual([]);
  });
});
