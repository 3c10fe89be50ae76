import type { Letter, News } from "./messages.ts";

interface PostOptions {
  readonly open: (name: string) => BroadcastChannel;
  /** What the names of the channels begin with. */
  readonly name: string;
  /** Whose letters are received. */
  readonly life: string;
  readonly onNews: (news: News) => void;
  readonly onLetter: (letter: Letter) => void;
}

/** News to all tabs of a queue, and letters to one. Nothing comes back to the tab that sent it. */
export class Post {
  readonly #options: PostOptions;
  readonly #news: BroadcastChannel;
  readonly #own: BroadcastChannel;
  readonly #others = new Map<string, BroadcastChannel>();

  constructor(options: PostOptions) {
    const { open, name, life, onNews, onLetter } = options;
    this.#options = options;
    this.#news = open(name);
    this.#news.onmessage = ({ data }) => onNews(data as News);
    this.#own = open(`${name}/${life}`);
    this.#own.onmessage = ({ data }) => onLetter(data as Letter);
  }

  tell(news: News): void {
    this.#news.postMessage(news);
  }

  send(life: string, letter: Letter): void {
    const { open, name } = this.#options;
    let channel = this.#others.get(life);
    if (channel === undefined) {
      channel = open(`${name}/${life}`);
      this.#others.set(life, channel);
    }
    channel.postMessage(letter);
  }

  /** Nothing is sent to that tab any more. */
  forget(life: string): void {
    this.#others.get(life)?.close();
    this.#others.delete(life);
  }

  /** Nothing is sent to any but that tab for now. */
  forgetAllBut(life: string): void {
    for (const other of Array.from(this.#others.keys())) if (other !== life) this.forget(other);
  }

  close(): void {
    for (const channel of [this.#news, this.#own, ...this.#others.values()]) channel.close();
  }
}
