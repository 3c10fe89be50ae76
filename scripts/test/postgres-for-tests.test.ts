import { afterEach, expect, it, vi } from "vitest";
import type { TestProject } from "vitest/node";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

it.each(["postgres://me@localhost/mine", "postgresql://localhost:1"])(
  "tests use the server of TURNO_POSTGRES_URL: %s",
  async (url) => expect(await answerTo(url)).toEqual({ url }),
);

it.each(["localhost:5432", "postgres:/mine", "http://localhost", "postgres://a:b:c"])(
  "a TURNO_POSTGRES_URL that is none is refused, not passed over: %s",
  async (url) => {
    const error = expect.stringMatching(/^TypeError: TURNO_POSTGRES_URL must be like postgres:/);
    expect(await answerTo(url)).toEqual({ error });
    expect(await answerTo(url)).toEqual({ error: expect.stringContaining(`and is ${url}`) });
  },
);

async function answerTo(url: string): Promise<unknown> {
  vi.stubEnv("TURNO_POSTGRES_URL", url);
  // It answers the same as long as it lives.
  const { setup, teardown } = await import("../servers/postgres-for-tests.ts");
  let desk = "";
  const provide = (_: string, value: string) => {
    desk = value;
  };
  await setup({ provide } as unknown as TestProject);
  try {
    return await (await fetch(desk)).json();
  } finally {
    await teardown();
  }
}
