import type { Column } from "./test.ts";

/** A figure in its unit, with as many digits as say something. */
export function shownAs(figure: number, unit: Column["unit"]): string {
  if (unit === "/s" || unit === "") return numberAs(figure, unit) + unit;
  return `${numberAs(figure, unit)} ${unit}`;
}

/** The same without the unit. */
export function numberAs(figure: number, unit: Column["unit"]): string {
  switch (unit) {
    case "/s":
      return thousands(figure);
    case "MB":
    case "KB":
    case "":
      return figure.toFixed(0);
    case "s":
    case "×":
      return figure.toFixed(2);
    case "ms":
    case "ms/s":
      return figure.toFixed(figure < 10 ? 2 : 0);
  }
}

function thousands(figure: number): string {
  if (figure < 1_000) return figure.toFixed(0);
  return `${(figure / 1_000).toFixed(figure < 100_000 ? 1 : 0)}k`;
}
