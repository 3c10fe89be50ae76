import type { Shelf } from "../shelf.ts";

/** The thumbnails that the page shows, by the file's id: each is read from the shelf once. */
export class Thumbnails {
  readonly #shelf: Shelf;
  readonly #urls = new Map<string, Promise<string | undefined>>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  async showIn(image: HTMLImageElement, fileId: string): Promise<void> {
    let url = this.#urls.get(fileId);
    if (url === undefined) this.#urls.set(fileId, (url = this.#read(fileId)));
    const found = await url;
    if (found === undefined || image.src === found) return;
    image.src = found;
    image.hidden = false;
  }

  /** Frees the memory of those that are not shown any more. */
  keepOnly(fileIds: ReadonlySet<string>): void {
    for (const [id, url] of this.#urls) {
      if (fileIds.has(id)) continue;
      this.#urls.delete(id);
      void url.then((found) => found && URL.revokeObjectURL(found));
    }
  }

  async #read(fileId: string): Promise<string | undefined> {
    const thumbnail = await this.#shelf.thumbnail(fileId);
    return thumbnail && URL.createObjectURL(thumbnail);
  }
}
