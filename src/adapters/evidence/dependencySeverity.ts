import type { Finding } from "../../protocol/consensus.ts";

/**
 * How bad it is to depend on a package with an advisory: one step less than the advisory says, because that speaks of the worst use and
 * nobody has looked whether the vulnerable part is used here.
 */
export function ofDependency(severity: string): Finding["severity"] {
  if (severity === "critical") return "high";
  return severity === "high" ? "medium" : "low";
}
