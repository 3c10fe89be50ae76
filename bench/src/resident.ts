import { readFileSync } from "node:fs";

/**
 * The most that was resident of this process. Not `resourceUsage`, where Linux tells it: that begins with what was resident
 * of who started the process.
 */
export function peakBytes(): number {
  try {
    const [, kilobytes] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1_024;
}
