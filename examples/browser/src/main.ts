import { Queue } from "@turno/core";
import { addFiles } from "./add-files.ts";
import { Board } from "./board/board.ts";
import { followJobs } from "./board/follow-jobs.ts";
import { Thumbnails } from "./board/thumbnails.ts";
import { forgetFiles } from "./forget-files.ts";
import { jobs } from "./jobs.ts";
import { openStore } from "./open-store.ts";
import { announce } from "./page/announce.ts";
import { boardActions } from "./page/board-actions.ts";
import { dropZone } from "./page/drop-zone.ts";
import { part } from "./page/part.ts";
import { showFault } from "./page/show-fault.ts";
import { StorageCard } from "./page/storage-card.ts";
import { tellWhenDone } from "./page/tell-when-done.ts";
import { samplePhotos } from "./sample-photos.ts";
import { Shelf } from "./shelf.ts";
import { tabName } from "./tab-name.ts";
import { startWorker } from "./work/start-worker.ts";

try {
  await start();
} catch (error) {
  showFault(error);
}

async function start(): Promise<void> {
  const [store, shelf, tab] = await Promise.all([openStore(), Shelf.open(), tabName()]);
  const queue = new Queue({ store, jobs });
  const place = { queue, store, shelf, tab };

  const storage = new StorageCard(store);
  const actions = boardActions(place, changed);
  const board = new Board(actions, new Thumbnails(shelf));
  const tell = tellWhenDone(() => void storage.show());
  const look = followJobs(
    place,
    (found, counts) => {
      board.show(found, counts);
      tell(counts);
    },
    showFault,
  );
  startWorker(place, look, showFault);
  dropZone((files) => void add(files));
  part(document, "#samples").addEventListener("click", () => void samplePhotos().then(add));
  part(document, "#tab").textContent = tab;
  document.body.classList.add("ready");
  await forgetFiles(place);
  await storage.show();

  async function add(files: readonly File[]): Promise<void> {
    try {
      await addFiles(files, place);
      announce(files.length === 1 ? "1 file added" : `${files.length} files added`);
    } catch (error) {
      showFault(error);
    }
    changed();
  }

  function changed(): void {
    look();
    void storage.show();
  }
}
