/** Known vulnerabilities of the packages that a change adds or raises. */
import type { EvidenceInput } from "../../ports.ts";
import type { Finding } from "../../protocol/consensus.ts";
import { readAdvisories, type Advisories } from "./advisories.ts";
import { audit } from "./audit.ts";
import { ofDependency } from "./dependencySeverity.ts";
import { isLock } from "./lockedPackages.ts";
import { newPackages, type NewPackage } from "./newPackages.ts";
import { verdict, type EvidenceTool, type Seen } from "./tool.ts";

/** Asks npm's registry where it can be reached, and the file of advisories at `file`. */
export function dependencies(file: string): EvidenceTool {
  return {
    name: "dependencies",
    required: false,
    runsCommands: true,
    look: async (look) => {
      const locks = look.files.filter(({ path }) => isLock(path));
      const unread = locks.filter((lock) => lock.unread !== undefined);
      const added = newPackages(look.files, await filesOf(look.input));
      if (added.length === 0 && unread.length === 0)
        return [
          {
            status: "PASS",
            summary: "No package was added or raised.",
            findings: [],
          },
        ];
      const missing =
        unread.length === 0
          ? ""
          : `Not read: ${unread.map(({ path }) => path).join(", ")}.`;
      return [
        { id: "dependencies:npm audit", ...(await audit(look, added)) },
        {
          id: "dependencies:advisories",
          ...(await fromFile(file, added, missing)),
        },
      ];
    },
  };
}

async function filesOf({ reader }: EvidenceInput): Promise<readonly string[]> {
  return (await reader?.files()) ?? [];
}

async function fromFile(
  file: string,
  added: readonly NewPackage[],
  missing: string,
): Promise<Seen> {
  const read = await readAdvisories(file);
  if (!read.ok) return { status: "NOT_RUN", summary: read.why, findings: [] };
  const { default: retire } = await import("retire");
  const components = byPackage(read.advisories);
  const findings = added.flatMap((one) =>
    (components.get(one.name) ?? []).flatMap((component) =>
      retire
        .check(component, one.version, read.advisories)
        .flatMap(({ vulnerabilities = [] }) => vulnerabilities)
        .map(({ severity, identifiers, below }): Finding => {
          const ids = [...(identifiers.CVE ?? []), identifiers.githubID];
          const id = ids.find((known) => known !== undefined);
          const what = identifiers.summary ?? "a known vulnerability";
          const asked = one.isAsked ? "allows " : "";
          return {
            path: one.path,
            line: one.line,
            claim:
              `${asked}${one.name} ${one.version}: ${what}${id === undefined ? "" : ` (${id})`}; it is gone in ${below}`.slice(
                0,
                1000,
              ),
            severity: ofDependency(severity),
          };
        }),
    ),
  );
  const day = new Date(read.at).toISOString().slice(0, 10);
  return verdict(
    findings,
    `No added package has a vulnerability known on ${day}.`,
    (count) =>
      `${String(count)} known ${count === 1 ? "vulnerability comes" : "vulnerabilities come"} with added packages (as of ${day}).`,
    missing,
  );
}

/** Names of the advisories' components by package. */
function byPackage(
  advisories: Advisories,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [component, { npmname }] of Object.entries(advisories)) {
    const name = npmname ?? component;
    found.set(name, [...(found.get(name) ?? []), component]);
  }
  return found;
}
