const WIDTH = 1_200;
const HEIGHT = 800;

/** Skies from top to bottom, and the hue of the hills before them. */
const SCENES = {
  "dawn.jpg": { sky: ["#2b3a67", "#e08e79", "#f6d7a7"], hills: 255, sun: [0.32, 0.62] },
  "dunes.jpg": { sky: ["#7fb2c9", "#f3e3c3", "#f0c48a"], hills: 28, sun: [0.7, 0.3] },
  "fjord.jpg": { sky: ["#274b63", "#7ea6b0", "#d8e4df"], hills: 190, sun: [0.55, 0.42] },
  "harvest moon.jpg": { sky: ["#12152e", "#3b2f5c", "#b0567a"], hills: 285, sun: [0.6, 0.45] },
  "meadow.jpg": { sky: ["#88c1dc", "#cfe6e3", "#f5efcf"], hills: 110, sun: [0.2, 0.25] },
  "red mesa.jpg": { sky: ["#d98f5c", "#f1b97b", "#fae3b4"], hills: 8, sun: [0.8, 0.5] },
  "snowfield.jpg": { sky: ["#9db7d5", "#d9e4ef", "#f7f2ee"], hills: 215, sun: [0.4, 0.3] },
  "tea hills.jpg": { sky: ["#5b8a8f", "#b9d3b5", "#f3e9b8"], hills: 150, sun: [0.45, 0.5] },
} as const;

/** Eight landscapes, for those who have no photos at hand. */
export function samplePhotos(): Promise<File[]> {
  return Promise.all(
    Object.entries(SCENES).map(async ([name, scene], number) => {
      const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
      const brush = canvas.getContext("2d");
      if (brush === null) throw new Error("the browser has no canvas to spare at the moment");
      paint(brush, scene, number);
      const type = "image/jpeg";
      return new File([await canvas.convertToBlob({ type, quality: 0.9 })], name, { type });
    }),
  );
}

function paint(
  brush: OffscreenCanvasRenderingContext2D,
  { sky, hills, sun: [sunX, sunY] }: (typeof SCENES)[keyof typeof SCENES],
  number: number,
): void {
  const air = brush.createLinearGradient(0, 0, 0, HEIGHT * 0.85);
  sky.forEach((color, at) => air.addColorStop(at / (sky.length - 1), color));
  brush.fillStyle = air;
  brush.fillRect(0, 0, WIDTH, HEIGHT);

  const [x, y] = [sunX * WIDTH, sunY * HEIGHT];
  const glow = brush.createRadialGradient(x, y, 60, x, y, 420);
  glow.addColorStop(0, "rgb(255 246 222 / 0.55)");
  glow.addColorStop(1, "rgb(255 246 222 / 0)");
  brush.fillStyle = glow;
  brush.fillRect(0, 0, WIDTH, HEIGHT);
  brush.fillStyle = "#fff4dc";
  brush.beginPath();
  brush.arc(x, y, 64, 0, 2 * Math.PI);
  brush.fill();

  for (let ridge = 0; ridge < 5; ridge++) {
    const lightness = 68 - ridge * 12;
    brush.fillStyle = `hsl(${hills + ridge * 5} ${24 + ridge * 6}% ${lightness}%)`;
    brush.beginPath();
    brush.moveTo(0, HEIGHT);
    for (let at = 0; at <= WIDTH; at += 8) brush.lineTo(at, ridgeAt(at, ridge, number));
    brush.lineTo(WIDTH, HEIGHT);
    brush.fill();
  }
}

/** A few waves on top of each other look like hills; nearer ridges are lower and smoother. */
function ridgeAt(x: number, ridge: number, number: number): number {
  const at = x / WIDTH;
  const phase = number * 1.7 + ridge * 2.3;
  const waves =
    Math.sin(at * 5 + phase) * 60 +
    Math.sin(at * 11 + phase * 2) * 26 +
    Math.sin(at * 23 + phase * 3) * (14 - ridge * 2);
  return HEIGHT * (0.52 + ridge * 0.1) - waves * (1 - ridge * 0.1);
}
