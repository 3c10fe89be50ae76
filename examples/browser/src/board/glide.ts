const GLIDE_MS = 350;
const FADE_MS = 250;

/** Lets elements glide from where they were before `change` to where it has put them; new ones fade in. */
export function glide(elements: Iterable<HTMLElement>, change: () => Iterable<HTMLElement>): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return void change();
  const before = new Map(Array.from(elements, (element) => [element, spot(element)]));
  for (const element of change()) {
    const from = before.get(element);
    if (from === undefined) {
      element.animate({ opacity: [0, 1], scale: [0.96, 1] }, { duration: FADE_MS });
      continue;
    }
    const to = spot(element);
    const [x, y] = [from.x - to.x, from.y - to.y];
    if (x === 0 && y === 0) continue;
    const translate = [`${x}px ${y}px`, "0 0"];
    element.animate({ translate }, { duration: GLIDE_MS, easing: "cubic-bezier(0.2, 0, 0, 1)" });
  }
}

/** Where an element is on the page, however far that is scrolled. */
function spot(element: HTMLElement): { readonly x: number; readonly y: number } {
  const { x, y } = element.getBoundingClientRect();
  return { x: x + scrollX, y: y + scrollY };
}
