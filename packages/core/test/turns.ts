/** Lets the event loop turn, so that whatever can go on without time passing has gone on. */
export async function turns(count = 12): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
