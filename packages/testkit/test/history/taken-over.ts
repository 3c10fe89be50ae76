import { Tale } from "./tale.ts";

/** Two workers, and nothing to do yet. */
export function calm(): Tale {
  const tale = new Tale();
  tale.works("a", "b");
  return tale;
}

/** A tale in which `a` runs a job, and something happens before `b` runs it too. */
export function takenOver(meanwhile: (tale: Tale, run: ReturnType<Tale["start"]>) => void) {
  const tale = calm();
  const id = tale.enqueue();
  const first = tale.start("a", id);
  tale.pass(10);
  meanwhile(tale, first);
  tale.abandon("b", id);
  tale.run("b", id);
  return tale;
}
