import { Fatal, type Handler } from "@turno/core";
import type { Jobs, Told } from "../jobs.ts";
import { fileOf, type Room } from "./room.ts";

const LONGEST_SIDE = 320;
const STEPS = 4;

/** Draws a picture small and puts it on the shelf. Run twice, it puts the same picture in the same place. */
export function thumbnailHandler(room: Room): Handler<Jobs, "thumbnail"> {
  return async (job) => {
    job.log(`attempt ${job.attempt} in tab ${room.tab}`);
    const step = async (done: number) => {
      job.progress({ tab: room.tab, done, of: STEPS } satisfies Told);
      await room.pace(1 / STEPS, job.signal);
    };
    await step(0);
    const file = await fileOf(room, job.payload);
    await step(1);
    const picture = await createImageBitmap(file).catch((cause: unknown) => {
      throw new Fatal(`${job.payload.name} is no picture that this browser can read`, { cause });
    });
    try {
      await step(2);
      const canvas = drawnSmall(picture);
      await step(3);
      const thumbnail = await canvas.convertToBlob({ type: "image/webp", quality: 0.85 });
      await room.shelf.putThumbnail(job.payload.id, thumbnail);
      return { width: canvas.width, height: canvas.height };
    } finally {
      picture.close();
    }
  };
}

function drawnSmall(picture: ImageBitmap): OffscreenCanvas {
  // A picture that is small already keeps its size.
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const brush = canvas.getContext("2d");
  if (brush === null) throw new Error("the browser has no canvas to spare at the moment");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, 0, 0, width, height);
  return canvas;
}
