import type { StandardSchemaV1 } from "@standard-schema/spec";
import { copyOfList } from "../job/copy-of-list.ts";
import { shown } from "../job/shown.ts";
import type { Awaitable } from "../store/store.ts";
import { isUnchecked } from "./json.ts";

/** A value did not fit its type's schema; `issues` says where and why. */
export class SchemaRefused extends TypeError {
  readonly code = "SchemaRefused";
  readonly issues: readonly StandardSchemaV1.Issue[];

  constructor(root: string, issues: readonly StandardSchemaV1.Issue[]) {
    super(issues.map((issue) => wordsOf(root, issue)).join("; "));
    this.name = "SchemaRefused";
    this.issues = issues;
  }
}

/** The output of `schema` for `value`, at once where the schema is synchronous; throws {@link SchemaRefused}. */
export function parse(
  schema: StandardSchemaV1 | undefined,
  value: unknown,
  root: string,
): Awaitable<unknown> {
  if (schema === undefined || isUnchecked(schema)) return value;
  const checked: unknown = schema["~standard"].validate(value);
  // Not every promise is one of this realm's, or of the platform's.
  return isThenable(checked)
    ? Promise.resolve(checked).then((result) => outputOf(result, root))
    : outputOf(checked, root);
}

/** Whether `value` is to be waited for. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function"
  );
}

function outputOf(result: unknown, root: string): unknown {
  if (typeof result !== "object" || result === null)
    throw new TypeError(
      `the schema of the ${root} must answer with { value } or { issues }, but answered with ${shown(result)}`,
    );
  const { issues, value } = result as {
    issues?: readonly StandardSchemaV1.Issue[];
    value: unknown;
  };
  if (issues === undefined) return value;
  const copies = copyOfList(issues, `the issues of the ${root}`);
  throw new SchemaRefused(root, copies);
}

function wordsOf(root: string, issue: StandardSchemaV1.Issue): string {
  try {
    const steps = copyOfList(issue.path ?? [], "path").map((step) =>
      typeof step === "object" ? step.key : step,
    );
    const path = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
    return `${root}${path.join("")}: ${issue.message}`;
  } catch {
    return `${root}: an issue that cannot be read`;
  }
}
