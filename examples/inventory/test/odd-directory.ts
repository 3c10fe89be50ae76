import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty directory of its own. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "turno-inventory-test-"));
}

/** Puts in whatever a file system may hold, and `plain` ordinary files besides. */
export function fillOddly(root: string, { plain }: { readonly plain: number }): void {
  for (let i = 0; i < plain; i++) {
    const folder = join(root, `folder ${i % 17}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${i}.txt`), `plain ${i}\n`);
  }
  for (const name of ODD_NAMES) writeFileSync(join(root, name), `odd ${name}`);
  writeFileSync(inBytes(root, "not UTF-8: \xff\xfe.txt"), "bytes");
  mkdirSync(inBytes(root, "folder \xe9"));
  writeFileSync(inBytes(root, "folder \xe9/within"), "latin1");
  mkdirSync(join(root, DEEP), { recursive: true });
  for (const name of ["one", "two", "three"]) writeFileSync(join(root, DEEP, name), "the same");
  writeFileSync(join(root, "empty"), "");
  writeFileSync(join(root, "large"), Buffer.alloc(8_000_000, "large "));
  notFiles(root);
}

const ODD_NAMES = [
  " space ",
  "quote ' and \" and `",
  "line\nbreak",
  "\x1b[31mred",
  "-rf",
  "$HOME *?[a] \\ % {} \t|&;<>",
  "Größe 数 🎫",
  "n\u0303 and \u00f1",
  "l".repeat(255),
];

const DEEP = Array.from({ length: 40 }, (_, depth) => `deeper ${depth}`).join("/");

/** What `find -type f` does not name. */
function notFiles(root: string): void {
  symlinkSync("empty", join(root, "link to a file"));
  symlinkSync("nowhere", join(root, "link to nothing"));
  symlinkSync(".", join(root, "link to the directory itself"));
  mkdirSync(join(root, "no files here"));
  makeNamedPipe(join(root, "named pipe"));
}

export function makeNamedPipe(path: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
}

function inBytes(root: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);
}
