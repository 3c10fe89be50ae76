/** The element that `selector` finds in `root`; the page's markup has it, so to find none is a mistake in there. */
export function part<E extends Element = HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (found === null) throw new Error(`index.html has no ${selector}`);
  return found;
}
