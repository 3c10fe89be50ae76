postMessage({ kind: "here" });

export {};
