interface Listeners {
  /** The page is left: for good, or to be kept frozen in case somebody comes back to it. */
  readonly onAway: () => void;
  /** Somebody came back. */
  readonly onBack: () => void;
  readonly onVisibility: () => void;
}

/** Tells when the page is put away and taken out again; does nothing where there is no page. */
export function whenPutAway({ onAway, onBack, onVisibility }: Listeners): Disposable {
  const ending = new AbortController();
  const { signal } = ending;
  const { document } = globalThis as Partial<typeof globalThis>;
  if (document !== undefined) {
    addEventListener("pagehide", onAway, { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && onBack(), { signal });
    document.addEventListener("visibilitychange", onVisibility, { signal });
  }
  return { [Symbol.dispose]: () => ending.abort() };
}
