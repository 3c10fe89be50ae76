import { decodeJobId, type WorkerId } from "@turno/core";
import type { Method } from "./method.ts";

/** All that the processes of a world could see of their store, in order, as text that is the same for any store. */
export class Trace {
  readonly lines: string[] = [];
  readonly #isKept: boolean;
  readonly #numberOf: (worker: WorkerId) => number;

  constructor(isKept: boolean, numberOf: (worker: WorkerId) => number) {
    this.#isKept = isKept;
    this.#numberOf = numberOf;
  }

  /** A call that was carried out. */
  call(process: string, method: Method, args: readonly unknown[], answer: unknown): void {
    if (!this.#isKept) return;
    const given = method === "beat" || method === "leave" ? [{ worker: args[0] }] : args;
    this.add(process, method, given, this.#seen(method, answer));
  }

  add(process: string, what: string, given: readonly unknown[] = [], answer?: unknown): void {
    if (!this.#isKept) return;
    const texts = [...given.map((each) => this.#text(each)), "->", this.#text(answer)];
    const line = `${process} ${what} ${texts.join(" ")}`;
    this.lines.push(line.replace(UUID, (id) => `#${decodeJobId(id)?.seq}`));
  }

  /** Without what no store promises: the order of some answers, and how a beat is counted. */
  #seen(method: Method, answer: unknown): unknown {
    switch (method) {
      case "join":
        return { worker: answer };
      case "workers": {
        const workers = answer as readonly { readonly id: WorkerId; readonly leaseMs: number }[];
        const numbered = workers.map(({ id, leaseMs }) => [this.#numberOf(id), leaseMs] as const);
        return numbered.sort(([a], [b]) => a - b);
      }
      case "beat": {
        const { known, holds } = answer as { known: boolean; holds: readonly { seq: number }[] };
        return { known, holds: holds.toSorted((a, b) => a.seq - b.seq) };
      }
      case "pause":
        return (answer as readonly string[]).toSorted();
      default:
        return answer;
    }
  }

  #text(value: unknown): string {
    return JSON.stringify(value, (key, inner: unknown) => {
      if (key === "stack") return undefined;
      if (key === "worker") return `worker ${this.#numberOf(inner as WorkerId)}`;
      if (key === "message" && typeof inner === "string") return this.#renumbered(inner);
      if (inner instanceof Map) return [...(inner as Map<unknown, unknown>)];
      return isPlain(inner) ? sorted(inner) : inner;
    });
  }

  #renumbered(message: string): string {
    return message.replace(
      /\bworker (\d+)\b/g,
      (_, worker) => `worker ${this.#numberOf(Number(worker))}`,
    );
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same with its properties in the order of their names. */
function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
