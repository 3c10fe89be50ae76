import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  // The packages' sources: nothing has to be built first. An application of yours needs no such line.
  resolve: { conditions: ["@turno/source", ...defaultClientConditions] },
  server: { host: "127.0.0.1" },
  preview: { host: "127.0.0.1" },
});
