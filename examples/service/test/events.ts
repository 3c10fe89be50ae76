/** An event that a server has sent. */
export interface SentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** All events of a response, to its end. */
export async function events(response: Response): Promise<readonly SentEvent[]> {
  const blocks = (await response.text()).trim().split("\n\n");
  return blocks.map((block) => {
    const fields = new Map(
      block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]),
    );
    return { event: fields.get("event") ?? "", data: JSON.parse(fields.get("data") ?? "null") };
  });
}
