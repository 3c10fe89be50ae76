/** A number with commas between its thousands, and its word: `1,000 kills`, `1 kill`. */
export function figure(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
