/** The beginning of `text` that fits into `maxBytes` of UTF-8, well formed. */
export function cappedText(text: string, maxBytes: number): string {
  // A cut can leave half a pair or half a sequence behind; toWellFormed and the decoder's stream mode mend that.
  const start = text.slice(0, maxBytes).toWellFormed();
  const bytes = new TextEncoder().encode(start);
  if (bytes.length <= maxBytes) return start;
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}
