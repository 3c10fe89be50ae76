import { spawnSync } from "node:child_process";
import { join } from "node:path";

const TSC = join(import.meta.dirname, "../../../../node_modules/typescript/bin/tsc");

/** What the compiler says on a line, in all the lines of its message. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What the compiler says against the files of this folder. One thread, so that it always says the same. */
export function compile(): readonly Complaint[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [TSC, "--pretty", "false", "--singleThreaded", "-p", import.meta.dirname],
    { cwd: import.meta.dirname, encoding: "utf8" },
  );
  if (stderr !== "") throw new Error(stderr);
  return stdout.split(/\n(?! |$)/).flatMap((text) => {
    const [, file, line, message] = /^(\S+)\((\d+),\d+\): error (.*)$/s.exec(text.trim()) ?? [];
    return message === undefined ? [] : [{ file: `${file}`, line: Number(line), message }];
  });
}
