/** A file of real reviews: what each of several reviewers reported of a change, and which of its known issues each report found. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { RoundtableError } from "../../../src/core/errors.ts";

const Change = z
  .object({
    change: z.string().min(1),
    issues: z.array(z.object({ id: z.string().min(1) })),
    findings: z.record(
      z.string().min(1),
      z.array(z.object({ text: z.string(), matches: z.string().nullable() })),
    ),
  })
  .superRefine(({ issues, findings }, { addIssue }) => {
    const ids = new Set(issues.map(({ id }) => id));
    for (const [reviewer, said] of Object.entries(findings))
      said.forEach(({ matches }, index) => {
        if (matches !== null && !ids.has(matches))
          addIssue({
            code: "custom",
            path: ["findings", reviewer, index, "matches"],
            message: `"${matches}" is no issue of this change`,
          });
      });
  });

const PanelFile = z.object({ changes: z.array(Change).min(1) });

/** One change with its known issues and what each reviewer said. */
export type PanelChange = z.infer<typeof Change>;

/** Reviewers on one panel. */
export const PANEL_SIZE = 5;

/** Reads and checks a file. Throws `bad-intent` when it cannot be read, is not of this shape, or has too little to learn from and test on. */
export async function readPanelFile(
  path: string,
): Promise<readonly PanelChange[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw refused(`${path} could not be read`, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refused(`${path} is not JSON`, cause);
  }
  const parsed = PanelFile.safeParse(json);
  if (!parsed.success)
    throw refused(
      `${path} does not have the shape of a panel file: ${z.prettifyError(parsed.error).split("\n").slice(0, 6).join(" ")}`,
      parsed.error,
    );
  const { changes } = parsed.data;
  if (reviewersOf(changes).length < PANEL_SIZE)
    throw refused(
      `${path} has fewer than ${String(PANEL_SIZE)} reviewers, so there is no panel`,
    );
  if (new Set(changes.map(projectOf)).size < 3)
    throw refused(
      `${path} has changes of fewer than three projects, so nothing can be learned elsewhere and checked`,
    );
  if (changes.every(({ issues }) => issues.length === 0))
    throw refused(`${path} knows no issue of any change`);
  return changes;
}

/** Everyone who reviewed anything, sorted. */
export function reviewersOf(changes: readonly PanelChange[]): string[] {
  return [
    ...new Set(changes.flatMap(({ findings }) => Object.keys(findings))),
  ].sort();
}

/**
 * The project a change belongs to: its repository's name up to the first `-` or `.`, whoever owns it, so that `sentry` and the fork
 * `sentry-greptile` are one project and nothing is learned from the one for the other.
 */
export function projectOf({ change }: Pick<PanelChange, "change">): string {
  const parts = change.split("/");
  const repository = parts.length >= 2 ? (parts[1] ?? change) : change;
  return (repository.split(/[-._]/u)[0] ?? repository).toLowerCase();
}

function refused(what: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    `${what}.`,
    "Nothing was measured; name a JSON file with `changes`, each with `change`, `issues` and `findings` by reviewer.",
    { cause },
  );
}
