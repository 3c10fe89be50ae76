interface Scope {
  WorkerGlobalScope?: unknown;
  location?: unknown;
}

/**
 * Runs `work` where sql.js's glue finds a `location`: in what looks like a worker it reads `self.location.href`, which
 * workerd does not have. It is gone again when `work` returns, since libraries take whoever has it for a browser.
 */
export function withLocation<T>(work: () => T, scope: Scope = globalThis): T {
  if (!scope.WorkerGlobalScope || scope.location) return work();
  const before = Object.getOwnPropertyDescriptor(scope, "location");
  Object.defineProperty(scope, "location", { value: { href: "" }, configurable: true });
  try {
    return work();
  } finally {
    delete scope.location;
    if (before !== undefined) Object.defineProperty(scope, "location", before);
  }
}
