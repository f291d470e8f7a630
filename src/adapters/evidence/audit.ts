import type { Finding } from "../../protocol/consensus.ts";
import * as z from "zod";
import { lastLine } from "./lastLine.ts";
import type { NewPackage } from "./newPackages.ts";
import { ofDependency } from "./dependencySeverity.ts";
import { verdict, type Look, type Seen } from "./tool.ts";

const RUN_MS = 30_000;

/** It reads the lock file, asks the registry once, and installs nothing. */
const ARGV = [
  ...["npm", "audit", "--json", "--package-lock-only", "--ignore-scripts"],
  ...["--fetch-retries=0", "--fetch-timeout=20000"],
];

const Advisory = z.object({
  title: z.string(),
  url: z.string().optional(),
  severity: z.string(),
  range: z.string(),
});

const Report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      name: z.string(),
      via: z.array(z.union([z.string(), Advisory])),
      nodes: z.array(z.string()),
    }),
  ),
});

const Failed = z.object({
  message: z.string().optional(),
  error: z
    .object({ code: z.string().nullish(), summary: z.string().nullish() })
    .optional(),
});

/** What npm's registry knows of the added packages of the lock file at the root. */
export async function audit(
  { input, run, signal }: Look,
  added: readonly NewPackage[],
): Promise<Seen> {
  const locks = ["package-lock.json", "npm-shrinkwrap.json"];
  const mine = added.filter(({ path }) => locks.includes(path));
  if (mine.length === 0)
    return notRun("npm audit needs a changed package-lock.json at the root.");
  const result = await run(ARGV, input.dir, signal, RUN_MS);
  if (result === undefined) return notRun("npm audit was not allowed to run.");
  if (result.timedOut) return notRun("npm audit was not done in time.");
  const report = parse(result.output);
  if (typeof report === "string")
    return notRun(
      `npm audit got no answer (${report === "" ? lastLine(result.output, result.exitCode) : report}).${result.sandboxed ? " Commands in the sandbox have no network; the file of advisories works without." : ""}`,
    );
  return verdict(
    findingsOf(report, mine),
    "npm knows no vulnerability of an added package.",
    (count) =>
      `npm knows ${String(count)} ${count === 1 ? "vulnerability" : "vulnerabilities"} of added packages.`,
  );
}

type Report = z.infer<typeof Report>;

/** The report; or why there is none, empty where npm does not say. */
function parse(output: string): Report | string {
  let data: unknown;
  try {
    data = JSON.parse(output.slice(output.indexOf("{")));
  } catch {
    return output.startsWith("[earlier output left out]")
      ? "its report is too long"
      : "";
  }
  const report = Report.safeParse(data);
  if (report.success) return report.data;
  const { data: failed } = Failed.safeParse(data);
  const said = [failed?.error?.summary, failed?.message, failed?.error?.code];
  const why = said.find((part) => part != null && part !== "") ?? "";
  return (why.split("\n", 1)[0] ?? "").slice(0, 200);
}

function findingsOf(
  { vulnerabilities }: Report,
  added: readonly NewPackage[],
): readonly Finding[] {
  return Object.values(vulnerabilities).flatMap(({ name, via, nodes }) =>
    via.flatMap((advisory) =>
      typeof advisory === "string"
        ? []
        : added
            .filter((one) => nodes.includes(one.place ?? ""))
            .map(({ path, line, version }): Finding => ({
              path,
              line,
              claim:
                `${name} ${version}: ${advisory.title}${advisory.url === undefined ? "" : ` (${advisory.url})`}; versions ${advisory.range}`.slice(
                  0,
                  1000,
                ),
              severity: ofDependency(advisory.severity),
            })),
    ),
  );
}

function notRun(summary: string): Seen {
  return { status: "NOT_RUN", summary, findings: [] };
}
