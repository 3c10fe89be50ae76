/** Asks again and again until there is an answer; rejects, and says for `what` it has waited, after some seconds. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let waited = 0; waited < LONGEST_WAIT_MS; waited += PAUSE_MS) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise<void>((resolve) => void setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`not so within ${LONGEST_WAIT_MS / 1_000} s: ${what}`);
}

const LONGEST_WAIT_MS = 10_000;
const PAUSE_MS = 10;
