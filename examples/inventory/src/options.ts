import { mkdirSync, opendirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "./user-error.ts";

const USAGE = `Makes an inventory of a directory: SHA-256, size and kind of each file, in an SQLite database.

  npm start                       this project's own node_modules, the first 4,000 files
  npm start -- DIR                all of another directory
  npm start -- DIR --limit 500    its first 500 files
  npm start -- DIR --data DATA    keeps the database in the directory DATA

Stop it whenever you like, with Ctrl-C or kill -9: the same command goes on where it was.`;

export interface Options {
  /** What is inventoried: a real path, as bytes. */
  readonly directory: Buffer;
  /** No more files than this. */
  readonly limit: number;
  /** Where the databases are: a real path. */
  readonly data: string;
  /** What the user typed, and types again to go on. */
  readonly command: string;
}

const PROJECT = resolve(import.meta.dirname, "../../..");
const DEFAULT_DIRECTORY = join(PROJECT, "node_modules");
const DEFAULT_DATA = join(PROJECT, "examples/inventory/.turno");
const DEFAULT_LIMIT = 4_000;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such directory",
  ENOTDIR: "this is not a directory",
  EACCES: "this user may not read it",
};

/** Reads the command line; throws a `UserError` where it is wrong, or where there is no such directory. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parse(args);
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const [directory, second] = positionals;
  if (second !== undefined)
    throw new UserError(`takes one directory, but got ${positionals.length}`);
  const limit = directory === undefined ? DEFAULT_LIMIT : Infinity;
  return {
    directory: realDirectory(fromHere(directory ?? DEFAULT_DIRECTORY)),
    limit: values.limit === undefined ? limit : wholeNumber(values.limit),
    data: madeDirectory(fromHere(values.data ?? DEFAULT_DATA)),
    command: ["npm start", ...(args.length > 0 ? ["--"] : []), ...args.map(quoted)].join(" "),
  };
}

function parse(args: string[]) {
  const options = {
    help: { type: "boolean", short: "h" },
    limit: { type: "string" },
    data: { type: "string" },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** npm runs its scripts in the project's directory, and says where the user stood. */
function fromHere(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? "", path);
}

function realDirectory(path: string): Buffer {
  try {
    opendirSync(path).closeSync();
    return realpathSync(path, "buffer");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new UserError(`${path}: ${REASONS[code] ?? message}`);
  }
}

function madeDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  } catch (error) {
    throw new UserError(`cannot keep the database in ${path}: ${(error as Error).message}`);
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError(`--limit takes a whole number from 1 on, but got ${text}`);
}

function quoted(argument: string): string {
  return /^[\w./=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
