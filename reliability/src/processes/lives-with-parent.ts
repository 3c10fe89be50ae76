/** Ends this process when the one that started it is gone; the channel to that one keeps it from nothing else. */
export function livesWithParent(): void {
  process.once("disconnect", () => process.exit(4));
  process.channel?.unref();
}

/** Tells who started this process that it is set up. */
export function tellReady(): void {
  process.send?.("ready");
}
