interface Kept {
  readonly id: string;
  readonly file: Blob;
  readonly addedAt: number;
}

/** The bytes of files and their thumbnails, by the file's id: a small IndexedDB database of the page's own. */
export class Shelf {
  readonly #database: IDBDatabase;

  static async open(): Promise<Shelf> {
    const opening = indexedDB.open("photo-files", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("files", { keyPath: "id" });
      opening.result.createObjectStore("thumbnails");
    };
    return new Shelf(await answerOf(opening));
  }

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Resolves once the bytes are on the disk: only then may a job refer to them. */
  async put(id: string, file: Blob): Promise<void> {
    await this.#write("files", (files) => files.put({ id, file, addedAt: Date.now() }));
  }

  async file(id: string): Promise<Blob | undefined> {
    const kept = await this.#read<Kept | undefined>("files", (files) => files.get(id));
    return kept?.file;
  }

  async putThumbnail(id: string, thumbnail: Blob): Promise<void> {
    await this.#write("thumbnails", (thumbnails) => thumbnails.put(thumbnail, id));
  }

  thumbnail(id: string): Promise<Blob | undefined> {
    return this.#read("thumbnails", (thumbnails) => thumbnails.get(id));
  }

  /** Deletes the files that were added before `beforeAt` and that nobody wants, with their thumbnails. */
  async clear(beforeAt: number, isWanted: (id: string) => boolean): Promise<void> {
    const kept = await this.#read<Kept[]>("files", (files) => files.getAll());
    const unwanted = kept.filter(({ id, addedAt }) => addedAt < beforeAt && !isWanted(id));
    for (const store of ["files", "thumbnails"])
      await this.#write(store, (blobs) => unwanted.forEach(({ id }) => blobs.delete(id)));
  }

  #read<T>(store: string, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
    return answerOf(ask(this.#database.transaction(store).objectStore(store)) as IDBRequest<T>);
  }

  #write(store: string, work: (store: IDBObjectStore) => unknown): Promise<void> {
    const transaction = this.#database.transaction(store, "readwrite", { durability: "strict" });
    work(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
