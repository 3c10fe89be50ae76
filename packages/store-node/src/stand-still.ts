/** Holds up this thread, for who opens a store: nothing can go on before that is done. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
