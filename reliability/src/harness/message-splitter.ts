/** A message of Postgres's protocol: a byte that names it, its length, and the rest. The first of a client has no name. */
export interface Message {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Puts the messages of one side of a connection together again from the pieces in which they come. */
export class MessageSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #isNamed: boolean;

  /** `from` is who sends them. */
  constructor(from: "client" | "server") {
    this.#isNamed = from === "server";
  }

  /** The messages that are complete now. */
  *push(piece: Buffer): Generator<Message> {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    for (;;) {
      const lengthAt = this.#isNamed ? 1 : 0;
      if (this.#rest.length < lengthAt + 4) return;
      const end = lengthAt + this.#rest.readInt32BE(lengthAt);
      if (this.#rest.length < end) return;
      const name = this.#isNamed ? String.fromCharCode(this.#rest[0] ?? 0) : "";
      const bytes = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      this.#isNamed = true;
      yield { name, bytes };
    }
  }
}
