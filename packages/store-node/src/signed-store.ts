import { type SignedWorker, SqliteStore } from "@turno/store-sqlite";

/** The tables of a queue, with the signs of its workers. */
export class SignedStore extends SqliteStore {
  override signedWorkers(): readonly SignedWorker[] {
    return super.signedWorkers();
  }
}
