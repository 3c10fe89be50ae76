/** A handler that ends when the test says so. */
export function gated() {
  const open: ((value?: unknown) => void)[] = [];
  let most = 0;
  let running = 0;
  return {
    /** How many run now, and how many did at the most. */
    get running() {
      return running;
    },
    get most() {
      return most;
    },
    async handler(): Promise<unknown> {
      most = Math.max(most, ++running);
      const value = await new Promise((resolve) => open.push(resolve));
      running--;
      return value;
    },
    /** Ends the one that has run longest. */
    end(value?: unknown): void {
      open.shift()?.(value);
    },
    endAll(): void {
      while (open.length > 0) this.end();
    },
  };
}
