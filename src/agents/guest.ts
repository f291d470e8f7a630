/** What work that a teammate's hub asked for may use: decided here and nowhere else. */
import type { PolicyRuling } from "../core/policy.ts";
import type { Sandbox } from "../ports.ts";
import type { Work } from "../protocol/work.ts";
import type { PreparedCall } from "./tools/tool.ts";

type Guest = Work["guest"];

/** Tools on offer besides those of MCP servers, which no guest gets: to a `voice` none, to a `worker` those for the files of its root. */
export function offeredTo<T>(guest: Guest, own: readonly T[]): readonly T[] {
  return guest === "voice" ? [] : own;
}

/**
 * The ruling on a call, made stricter for a guest: what a person would be asked about is denied, because a peer must not make people here
 * approve things, and a command runs only where a sandbox holds it. `verdict` stands for everyone else.
 */
export async function ruleGuest(
  guest: Guest,
  verdict: PolicyRuling,
  call: Pick<PreparedCall, "argv" | "pin">,
  sandbox: Pick<Sandbox, "status">,
): Promise<PolicyRuling> {
  if (guest === undefined || verdict.ruling === "deny") return verdict;
  if (guest === "voice" || call.pin !== undefined)
    return { ruling: "deny", rule: `guest:${guest}` };
  if (verdict.ruling === "ask")
    return { ruling: "deny", rule: `guest:${verdict.rule}` };
  return call.argv !== undefined && !(await sandbox.status()).holds
    ? { ruling: "deny", rule: "guest:no-sandbox" }
    : verdict;
}
