const GUARDED: readonly object[] = [
  Object,
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  Symbol.prototype,
  Error.prototype,
  Promise.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
];

const KEYS = GUARDED.map(keysOf);

/** The prototype that has other properties than when the program began; undefined where none has. */
export function pollution(): string | undefined {
  const at = GUARDED.findIndex((guarded, index) => keysOf(guarded) !== KEYS[index]);
  return at < 0 ? undefined : `${at}: ${keysOf(GUARDED[at] as object)}`;
}

function keysOf(guarded: object): string {
  return Reflect.ownKeys(guarded).map(String).join();
}
