import { redact } from "../../core/redact.ts";
import { verdict, type EvidenceTool } from "./tool.ts";

/** Shapes of keys that are hardly ever anything else, so that a hit may block. */
const KEYS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/, "a private key"],
  [/\bsk-ant-[A-Za-z0-9_-]{24,}/, "an Anthropic API key"],
  [/\bsk-(?:proj-)?[A-Za-z0-9_-]{40,}/, "an API key"],
  [/\b[rs]k_live_[A-Za-z0-9]{20,}/, "a live Stripe key"],
  [/\bgh[opsur]_[A-Za-z0-9]{36}\b/, "a GitHub token"],
  [/\bgithub_pat_[A-Za-z0-9_]{60,}/, "a GitHub token"],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, "a GitLab token"],
  [/\bnpm_[A-Za-z0-9]{36}\b/, "an npm token"],
  [/\bxox[abeoprs]-\d+-[A-Za-z0-9-]{20,}/, "a Slack token"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key id"],
  [/\bAIza[A-Za-z0-9_-]{35}\b/, "a Google API key"],
];

/** Marks of examples: documentation and tests are full of keys that open nothing. */
const EXAMPLE = /example|EXAMPLE|xxxx|XXXX|(.)\1{9}/;

/** What kind of key a line holds, if any. */
export function keyIn(text: string): string | undefined {
  return KEYS.find(([shape]) => {
    const found = shape.exec(text);
    return found !== null && !isExample(found[0]);
  })?.[1];
}

/** Whether a key is plainly one that opens nothing. */
export function isExample(key: string): boolean {
  return EXAMPLE.test(key);
}

/** Secrets in added lines. The claim never repeats the secret. */
export const secrets: EvidenceTool = {
  name: "secrets",
  required: true,
  look: ({ added, cut }) => [
    verdict(
      added.flatMap(({ path, line, text }) => {
        const kind = keyIn(text);
        return kind === undefined
          ? []
          : [
              {
                path,
                line,
                claim: `looks like ${kind}: ${redact(text.trim()).slice(0, 120)}`,
                severity: "critical" as const,
              },
            ];
      }),
      "No secrets in the added lines.",
      (count) =>
        `${String(count)} added ${count === 1 ? "line looks" : "lines look"} like a secret.`,
      cut,
    ),
  ],
};
