/**
 * What an audit by pnpm or npm came to. An advisory that SECURITY.md names is explained there.
 * @param {string} stdout
 * @param {string} stderr
 * @param {string} explained The text of SECURITY.md.
 * @returns {{ verdict: "clean" | "explained" | "VULNERABLE" | "could not be asked", lines: string[] }}
 */
export function verdictOf(stdout, stderr, explained) {
  const report = reportIn(stdout);
  if (report?.metadata?.vulnerabilities === undefined) {
    const said = `${report?.statusCode ?? ""} ${stderr}`;
    const status = (/\b[45]\d\d\b/.exec(said) ?? /\bE[A-Z]{5,}\b/.exec(said))?.[0];
    const lines = [
      `the registry gave no answer to an audit (${status ?? "no reason"}), so nothing is known`,
    ];
    return { verdict: "could not be asked", lines };
  }
  const advisories = [...ofPnpm(report), ...ofNpm(report)];
  const count = Object.values(report.metadata.vulnerabilities).reduce(
    (sum, n) => sum + Number(n),
    0,
  );
  if (advisories.length === 0 && count === 0) return { verdict: "clean", lines: [] };
  const isExplained = advisories.length > 0 && advisories.every(({ id }) => explained.includes(id));
  return {
    verdict: isExplained ? "explained" : "VULNERABLE",
    lines: advisories.map(({ id, about }) => `${id} ${about}`),
  };
}

/**
 * @param {string} stdout
 * @returns {any}
 */
function reportIn(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** @param {any} report */
function ofPnpm({ advisories = {} }) {
  return Object.values(advisories).map((it) => ({
    id: it.github_advisory_id ?? String(it.id),
    about: `${it.severity}: ${it.module_name} ${it.vulnerable_versions}, ${it.title}`,
  }));
}

/** @param {any} report Of version 2: what is only reached through another names that one by its name. */
function ofNpm({ vulnerabilities = {} }) {
  return Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === "object")
    .map(({ url, severity, name, range, title }) => ({
      id: /GHSA-[\w-]+/.exec(url)?.[0] ?? String(url),
      about: `${severity}: ${name} ${range}, ${title}`,
    }));
}
