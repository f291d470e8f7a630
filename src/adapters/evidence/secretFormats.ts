/** Secrets of some thirty services by their formats, by secretlint: what `secrets.ts`, which needs no process, does not know. */
import { lintSource } from "@secretlint/core";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { Finding } from "../../protocol/consensus.ts";
import { lineAt } from "./lineAt.ts";
import { isExample, keyIn } from "./secrets.ts";
import { verdict, type Analyser, type ChangedFile } from "./tool.ts";

/** Comments of the change must not switch a rule off. */
const OBEYS_COMMENTS = /filter-comments$/;

/** Addresses with a password: as often of a machine that nobody else reaches. */
const OFTEN_HARMLESS = /-(?:basicauth|database-connection-string)$/;

const CONFIG = {
  rules: rules
    .filter(({ meta }) => !OBEYS_COMMENTS.test(meta.id))
    .map((rule) => ({ id: rule.meta.id, rule })),
};

export const secretFormats: Analyser = async ({ files, cut, signal }) => {
  const findings: Finding[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    findings.push(...(await secretsOf(file)));
  }
  return [
    verdict(
      findings,
      "No secret of a known format in the added lines.",
      (count) =>
        `${String(count)} added ${count === 1 ? "line looks" : "lines look"} like a secret.`,
      cut,
    ),
  ];
};

async function secretsOf({
  path,
  after,
  addedLines,
}: ChangedFile): Promise<readonly Finding[]> {
  if (after === undefined || addedLines.size === 0) return [];
  const { messages } = await lintSource({
    source: {
      content: after,
      contentType: "text",
      filePath: path,
      ext: /\.[^./]*$/.exec(path)?.[0] ?? "",
    },
    options: { config: CONFIG, maskSecrets: true, noPhysicFilePath: true },
  });
  const line = lineAt(after);
  const lines = after.split("\n");
  return messages.flatMap(({ range: [start, end], message, ruleId }) => {
    const at = added(addedLines, line(start), line(end));
    if (at === undefined || isExample(after.slice(start, end))) return [];
    if (keyIn(lines[at - 1] ?? "") !== undefined) return [];
    const kind = message.replace(/^found /, "").split(/[:(*]/)[0] ?? "";
    return [
      {
        path,
        line: at,
        claim: `looks like a secret: ${kind.trim()}`.slice(0, 200),
        severity: OFTEN_HARMLESS.test(ruleId) ? "medium" : "critical",
      },
    ];
  });
}

/** The first of these lines that the change adds. */
function added(
  lines: ReadonlySet<number>,
  first: number,
  last: number,
): number | undefined {
  for (let at = first; at <= last; at += 1) if (lines.has(at)) return at;
  return undefined;
}
