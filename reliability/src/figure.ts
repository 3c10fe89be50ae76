/** A number with commas between its thousands, and with its word, if there is one: `1,000 kills`, `1 kill`. */
export function figure(count: number, one = ""): string {
  const word = one === "" ? "" : ` ${one}${count === 1 ? "" : "s"}`;
  return count.toLocaleString("en") + word;
}
