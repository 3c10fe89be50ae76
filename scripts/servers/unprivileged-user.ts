import { execFileSync } from "node:child_process";

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Whom servers run as that refuse to run as root: the first of these users that there is; others run them themselves. */
export function unprivilegedUser(...names: readonly string[]): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of names) {
    const [uid, gid] = [idOf("-u", name), idOf("-g", name)];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(`root needs one of the users ${names.join(", ")} to run a server as`);
}

function idOf(what: "-u" | "-g", name: string): number | undefined {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return Number(execFileSync("id", [what, name], { encoding: "utf8", stdio }));
  } catch {
    return undefined;
  }
}
