import { type Mercy, SECTOR_BYTES } from "./mercy.ts";

type Change =
  | { readonly kind: "write"; readonly offset: number; readonly data: Buffer }
  | { readonly kind: "truncate"; readonly size: number };

/** A file as a power cut would find it: what was synced, and what was written since. */
export class DiskFile {
  #durable = Content.empty();
  #changes: Change[] = [];

  change(change: Change): void {
    this.#changes.push(change);
  }

  /** All that was written so far outlasts every power cut. */
  sync(): void {
    for (const change of this.#changes) this.#durable.apply(change);
    this.#changes = [];
  }

  /** What a power cut leaves of it: each sector as it was at some moment since the file was synced, or torn. */
  afterCut(mercy: Mercy, random: () => number): Buffer {
    const content = this.#durable.copy();
    const sectors = new Map<number, SectorFate>();
    const fateOf = (sector: number) => {
      const fate = sectors.get(sector) ?? anyFate(this.#changes.length, mercy, random);
      sectors.set(sector, fate);
      return fate;
    };
    for (const [index, change] of this.#changes.entries()) {
      if (change.kind === "truncate") {
        if (random() < mercy.kept) content.apply(change);
        continue;
      }
      for (const piece of piecesOf(change)) {
        const fate = fateOf(piece.sector);
        if (index < fate.arrived) content.apply({ kind: "write", ...piece });
        else if (fate.tears) {
          fate.tears = false;
          content.apply({ kind: "write", ...tornPart(piece, random) });
        }
      }
    }
    // The size may be on the disk, and what is in the file not yet.
    if (random() < mercy.kept) content.extend(this.#size());
    return content.bytes();
  }

  #size(): number {
    let size = this.#durable.size;
    for (const change of this.#changes)
      size =
        change.kind === "truncate"
          ? change.size
          : Math.max(size, change.offset + change.data.length);
    return size;
  }
}

interface SectorFate {
  /** So many of the file's changes the disk had got when it wrote the sector. */
  readonly arrived: number;
  /** Whether it was writing the next one when the power went. */
  tears: boolean;
}

function anyFate(changes: number, { kept, torn }: Mercy, random: () => number): SectorFate {
  const tears = random() < torn;
  if (random() < kept) return { arrived: changes, tears };
  const isPartly = kept > 0 && random() < 0.5;
  return { arrived: isPartly ? Math.floor(random() * changes) : 0, tears };
}

interface Piece {
  readonly sector: number;
  readonly offset: number;
  readonly data: Buffer;
}

function* piecesOf({ offset, data }: { offset: number; data: Buffer }): Generator<Piece> {
  for (let at = 0; at < data.length; ) {
    const sector = Math.floor((offset + at) / SECTOR_BYTES);
    const end = Math.min(data.length, (sector + 1) * SECTOR_BYTES - offset);
    yield { sector, offset: offset + at, data: data.subarray(at, end) };
    at = end;
  }
}

/**
 * The beginning of what was to be written, its end, or something else in its place. What lies beside it in the sector
 * stays: so do disks, and SQLite relies on it ("powersafe overwrite").
 */
function tornPart({ offset, data }: Piece, random: () => number) {
  const middle = Math.floor(random() * (data.length + 1));
  const way = random();
  if (way < 0.4) return { offset, data: data.subarray(0, middle) };
  if (way < 0.8) return { offset: offset + middle, data: data.subarray(middle) };
  return { offset, data: Buffer.from(data.map(() => random() * 256)) };
}

/** Bytes that can grow and shrink. */
class Content {
  #room: Buffer;
  size: number;

  private constructor(room: Buffer, size: number) {
    this.#room = room;
    this.size = size;
  }

  static empty(): Content {
    return new Content(Buffer.alloc(0), 0);
  }

  copy(): Content {
    return new Content(Buffer.from(this.bytes()), this.size);
  }

  bytes(): Buffer {
    return this.#room.subarray(0, this.size);
  }

  apply(change: Change): void {
    if (change.kind === "truncate") return this.#resize(change.size);
    if (change.data.length === 0) return;
    this.extend(change.offset + change.data.length);
    change.data.copy(this.#room, change.offset);
  }

  extend(size: number): void {
    if (size > this.size) this.#resize(size);
  }

  #resize(size: number): void {
    if (size > this.#room.length) {
      const room = Buffer.alloc(Math.max(size, this.#room.length * 2));
      this.bytes().copy(room);
      this.#room = room;
    }
    if (size < this.size) this.#room.fill(0, size, this.size);
    this.size = size;
  }
}
