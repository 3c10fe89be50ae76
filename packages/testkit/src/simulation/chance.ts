/** A number from 0 to 1 that looks random, the same for the same three: the finalizer of MurmurHash3 (Appleby, public domain). */
export function chance(seed: number, stream: number, count: number): number {
  let hash = seed ^ Math.imul(stream + 1, 0x9e3779b9) ^ Math.imul(count + 1, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
