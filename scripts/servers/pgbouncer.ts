import { execFile } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Found, findProgram } from "../find-program.ts";
import { freePort } from "./free-port.ts";
import { ServerProcess } from "./server-process.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

export interface PgBouncerOptions {
  /** The server behind it, and who logs in there, whoever comes. */
  readonly server: string;
  /** Its settings by name, beside `pool_mode = transaction`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface PgBouncer extends AsyncDisposable {
  /** Its name and version. */
  readonly version: string;
  /** Where a database of the server is reached through it. */
  url(database: string): string;
}

/** The program `pgbouncer`. On Debian root installs it first where it is missing. */
export async function findPgBouncer(): Promise<Found> {
  return await findProgram({
    names: ["pgbouncer"],
    debianPackage: "pgbouncer",
    folders: () => ["/usr/sbin"],
  });
}

/**
 * A throwaway PgBouncer on loopback that hands a connection on after each transaction: it ends with this process at the
 * latest. Rejects where there is no program for it.
 */
export async function startPgBouncer({
  server,
  settings = {},
}: PgBouncerOptions): Promise<PgBouncer> {
  const { path, missing } = await findPgBouncer();
  if (path === undefined) throw new Error(missing);
  const { stdout } = await promisify(execFile)(path, ["--version"]);
  const port = await freePort();
  const user = unprivilegedUser("postgres", "nobody");
  const folder = mkdtempSync(join(tmpdir(), "turno-pgbouncer-"));
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(file, fileOf(new URL(server), { ...OWN, listen_port: port, ...settings }));
  if (user !== undefined) for (const it of [folder, file]) chownSync(it, user.uid, user.gid);
  const running = await ServerProcess.start({
    program: path,
    args: [file],
    folder,
    user,
    end: "SIGKILL",
    isReady: () => isListening(port),
  });
  return {
    version: `PgBouncer ${/(\d+(\.\d+)*)/.exec(stdout)?.[1] ?? "?"}`,
    url: (database) => `postgres://turno@127.0.0.1:${port}/${database}`,
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** Whoever comes is let in, and logs in at the server as the URL says. */
const OWN = {
  listen_addr: "127.0.0.1",
  unix_socket_dir: "",
  auth_type: "any",
  pool_mode: "transaction",
};

function fileOf(server: URL, settings: Readonly<Record<string, string | number>>): string {
  const target = {
    host: server.hostname,
    port: server.port || "5432",
    user: decodeURIComponent(server.username),
    password: decodeURIComponent(server.password),
  };
  const words = Object.entries(target).filter(([, value]) => value !== "");
  return [
    "[databases]",
    `* = ${words.map(([name, value]) => `${name}='${value.replaceAll("'", "''")}'`).join(" ")}`,
    "[pgbouncer]",
    ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
    "",
  ].join("\n");
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
