import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type Page, ROOT } from "./page.ts";

const LINK = /\]\(([^)\s]+)\)/g;
const HEADING = /^#{1,6} (.*)$/gm;

/** The links of a page that lead to no file of the repository, or to no heading of one. */
export function brokenLinks({ path, text }: Page): readonly string[] {
  const links = [...prose(text).matchAll(LINK)].map(([, link = ""]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(path, text, link));
}

function leadsSomewhere(from: string, text: string, link: string): boolean {
  const [target = "", anchor] = link.split("#");
  const path = join(ROOT, normalize(join(dirname(from), target)));
  if (target !== "" && !existsSync(path)) return false;
  if (anchor === undefined) return true;
  return anchorsOf(target === "" ? text : readFileSync(path, "utf8")).has(anchor);
}

/** By what the headings of a page are linked to, as GitHub makes it. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutBlocks(text).matchAll(HEADING)) {
    const words = heading.toLowerCase().replace(/[^\p{Letter}\p{Number}_ -]/gu, "");
    const anchor = words.trim().replaceAll(" ", "-");
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

function prose(text: string): string {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, "");
}

function withoutBlocks(text: string): string {
  return text.replace(/^\s*```[\s\S]*?^\s*```/gm, "");
}
