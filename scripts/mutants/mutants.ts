import { doctorMutants } from "./doctor-mutants.ts";
import { durableObjectMutants } from "./durable-object-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { moveMutants } from "./move-mutants.ts";
import { nodeMutants } from "./node-mutants.ts";
import { queueMutants } from "./queue-mutants.ts";
import { ruleMutants } from "./rule-mutants.ts";
import { sqliteMutants } from "./sqlite-mutants.ts";
import { storeMutants } from "./store-mutants.ts";
import { wasmMutants } from "./wasm-mutants.ts";
import { workerMutants } from "./worker-mutants.ts";

/** Every fault that some test must find. */
export const mutants: readonly Mutant[] = [
  ...ruleMutants,
  ...doctorMutants,
  ...storeMutants,
  ...moveMutants,
  ...queueMutants,
  ...workerMutants,
  ...sqliteMutants,
  ...nodeMutants,
  ...wasmMutants,
  ...durableObjectMutants,
];
