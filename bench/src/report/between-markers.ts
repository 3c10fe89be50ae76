/** Puts `content` between the markers of a figure's name. Throws where the page has none. */
export function betweenMarkers(page: string, name: string, content: string): string {
  const begin = `<!-- figures: ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf("<!-- end -->", from);
  if (from < 0 || to < 0)
    throw new Error(
      `the page has no place for ${name}; write ${begin} and <!-- end --> where it belongs`,
    );
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`;
}
