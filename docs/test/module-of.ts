const OPENING = /^\s*(?:```(?:ts|typescript)\b|<!-- ts$)/;
const CLOSING = /^\s*(?:```|-->)\s*$/;
const IMPORT = /^[ \t]*import\s+(type\s+)?([^;]*?)\s+from\s+"([^"]+)";?$/gm;
const EXPORT = /^export (?=const|type|interface|class|function|async)/gm;

/**
 * The TypeScript of a page as one module, each block on the lines it has in the page. A block sees what the blocks
 * above it declare, and may declare the same name anew. Code that readers need not see stands in a comment that begins
 * with `<!-- ts`. What a block imports from `./…` must stand above it on the page.
 */
export function moduleOf(text: string): string {
  const imports = new Map<string, string>();
  const code = nested(text)
    .replace(IMPORT, (statement, type: string | undefined, names: string, from: string) => {
      for (const name of from.startsWith(".") ? [] : namesOf(names, type !== undefined)) {
        const key = `${from} ${name.text.replace(/^type /, "")}`;
        if (!imports.has(key) || !name.text.startsWith("type ")) {
          imports.set(
            key,
            `import ${name.isDefault ? name.text : `{ ${name.text} }`} from "${from}";`,
          );
        }
      }
      return statement.replace(/[^\n]/g, "");
    })
    .replace(EXPORT, "");
  // The first line of a page is its title, and so free.
  return `${[...imports.values()].join(" ")} export {};${code}`;
}

/** Each block in braces within those of the block before it, and nothing on the lines between. */
function nested(text: string): string {
  let inside = false;
  let depth = 0;
  const lines = text.split("\n").map((line) => {
    const isFence = (inside ? CLOSING : OPENING).test(line);
    if (!isFence) return inside ? line : "";
    inside = !inside;
    if (inside) depth++;
    return inside ? "{" : "";
  });
  return lines.join("\n") + "}".repeat(depth);
}

interface ImportedName {
  readonly text: string;
  readonly isDefault: boolean;
}

function namesOf(clause: string, isType: boolean): readonly ImportedName[] {
  const [, head = "", named = ""] = /^([^{]*?),?\s*(?:\{([^}]*)\})?$/s.exec(clause) ?? [];
  const names = named.split(",").map((name) => name.trim().replace(/\s+/g, " "));
  return [
    ...[head.trim()].map((text) => ({ text, isDefault: true })),
    ...names.map((text) => ({ text: isType ? `type ${text}` : text, isDefault: false })),
  ].filter(({ text }) => text !== "" && text !== "type ");
}
