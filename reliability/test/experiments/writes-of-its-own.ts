// Writes, syncs, truncates, renames and deletes files in the folder that is its argument, in a known order.
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = process.argv[2] ?? "";
const file = join(folder, "file");
const opened = openSync(file, "w");
writeSync(opened, "one two");
writeSync(opened, "ONE", 0);
fsyncSync(opened);
ftruncateSync(opened, 3);
fdatasyncSync(opened);
closeSync(opened);
closeSync(openSync(file, "w"));
mkdirSync(join(folder, "inner"));
renameSync(file, join(folder, "inner", "moved"));
const directory = openSync(folder, "r");
fsyncSync(directory);
closeSync(directory);
writeFileSync(join(folder, "index-shm"), "of no concern");
writeFileSync(join(tmpdir(), `turno-elsewhere-${process.pid}`), "of no concern");
unlinkSync(join(tmpdir(), `turno-elsewhere-${process.pid}`));
unlinkSync(join(folder, "inner", "moved"));
