import type { Column } from "./test.ts";

/** A figure in its unit, with as many digits as say something. */
export function shownAs(figure: number, unit: Column["unit"]): string {
  switch (unit) {
    case "/s":
      return `${thousands(figure)}/s`;
    case "MB":
    case "KB":
      return `${figure.toFixed(0)} ${unit}`;
    case "":
      return figure.toFixed(0);
    case "s":
      return `${figure.toFixed(2)} s`;
    case "×":
      return `${figure.toFixed(2)} ×`;
    case "ms":
    case "ms/s":
      return `${figure < 10 ? figure.toFixed(2) : figure.toFixed(0)} ${unit}`;
  }
}

function thousands(figure: number): string {
  if (figure < 1_000) return figure.toFixed(0);
  return `${(figure / 1_000).toFixed(figure < 100_000 ? 1 : 0)}k`;
}
