import { execFileSync } from "node:child_process";

/** A host of its own, as far as its network goes: what runs on it reaches this machine by one wire. */
export class Host {
  readonly #name: string;
  /** How this machine is reached from it. */
  readonly server: string;

  /** The `number`th of this process. Throws what `ip` says where that may not be done. */
  constructor(number: number) {
    // Processes that do this beside each other must not meet.
    const net = `10.213.${process.pid % 256}`;
    this.#name = `turno${number}-${process.pid}`;
    this.server = `${net}.${4 * number + 1}`;
    ip("netns", "add", this.#name);
    try {
      ip("link", "add", this.#name, "type", "veth", "peer", "name", "eth0", "netns", this.#name);
      ip("address", "add", `${this.server}/30`, "dev", this.#name);
      ip("link", "set", this.#name, "up");
      ip("-n", this.#name, "address", "add", `${net}.${4 * number + 2}/30`, "dev", "eth0");
      ip("-n", this.#name, "link", "set", "lo", "up");
      this.mend();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** What runs a command on it. */
  get through(): readonly string[] {
    return ["nsenter", `--net=/run/netns/${this.#name}`];
  }

  /** Pulls its wire: packets get lost, and nobody is told. */
  cut(): void {
    ip("-n", this.#name, "link", "set", "eth0", "down");
  }

  mend(): void {
    ip("-n", this.#name, "link", "set", "eth0", "up");
  }

  /** When nothing runs on it any more. */
  remove(): void {
    ip("netns", "delete", this.#name);
  }
}

/** Hosts, or why there are none. */
export function makeHosts(count: number): {
  readonly hosts: readonly Host[];
  readonly missing?: string;
} {
  const hosts: Host[] = [];
  try {
    while (hosts.length < count) hosts.push(new Host(hosts.length));
    return { hosts };
  } catch (error) {
    for (const host of hosts) host.remove();
    const why = String((error as { stderr?: unknown }).stderr ?? error).trim();
    return { hosts: [], missing: `needs root on Linux that may make network namespaces (${why})` };
  }
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
