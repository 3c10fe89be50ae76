import { beforeAll, describe, expect, it } from "vitest";
import { brokenLinks } from "./broken-links.ts";
import { allPages, type Page } from "./page.ts";
import { typeErrors } from "./type-errors.ts";

const pages = allPages();

/** A page with one lie about the API, on line 9, and one link that leads nowhere. */
const lying: Page = {
  path: "docs/lying.md",
  text: `# Lies
\`\`\`ts
import { MemoryStore, Queue } from "@turno/core";

const queue = new Queue({ store: new MemoryStore() });
\`\`\`
See [the workers](workers.md#nothing-of-the-kind), and [stores](stores.md).
\`\`\`ts
queue.work({ mail: () => {} }, { concurency: 2 });
\`\`\`
`,
};

let errors: ReturnType<typeof typeErrors>;
beforeAll(() => {
  errors = typeErrors([...pages, lying]);
}, 60_000);

describe.each(pages)("$path", (page) => {
  it("has only code that the packages' types allow", () => {
    expect(errors.get(page.path)).toEqual([]);
  });

  it("has only links that lead somewhere", () => {
    expect(brokenLinks(page)).toEqual([]);
  });
});

describe("a page that lies", () => {
  it("is found out by its code, at its line", () => {
    expect(errors.get(lying.path)).toEqual([
      expect.stringMatching(/^9: error TS2561: .*'concurency' does not exist/),
    ]);
  });

  it("is found out by its links", () => {
    expect(brokenLinks(lying)).toEqual(["workers.md#nothing-of-the-kind"]);
  });
});
