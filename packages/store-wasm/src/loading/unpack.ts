/** The bytes that were zipped by gzip and then written in base64. */
export async function unpack(packed: string): Promise<ArrayBuffer> {
  const zipped = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const unzipped = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(unzipped).arrayBuffer();
}
