import { part } from "./part.ts";

/** Takes files that are dropped anywhere on the page, pasted, or picked after a press on the button. */
export function dropZone(take: (files: readonly File[]) => void): void {
  const button = part<HTMLButtonElement>(document, "#drop");
  const picker = part<HTMLInputElement>(document, "#picker");

  button.addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    takeSome([...(picker.files ?? [])]);
    picker.value = ""; // so that the same file can be picked again
  });

  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // or the browser would open the file
    button.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) button.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    button.classList.remove("over");
    takeSome(filesIn(event.dataTransfer));
  });
  addEventListener("paste", (event) => takeSome(filesIn(event.clipboardData)));

  function takeSome(files: readonly File[]): void {
    if (files.length > 0) take(files);
  }
}

/** The files that were handed over. A folder looks like one, but has no bytes. */
function filesIn(transfer: DataTransfer | null): readonly File[] {
  const items = [...(transfer?.items ?? [])].filter(({ kind }) => kind === "file");
  return items.flatMap((item) => {
    const file = item.getAsFile();
    return file === null || item.webkitGetAsEntry()?.isDirectory ? [] : [file];
  });
}
