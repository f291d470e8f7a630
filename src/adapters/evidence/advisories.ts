/** Known vulnerabilities of packages, from a file in the format of Retire.js's repository, which the user keeps. */
import { readFile, stat } from "node:fs/promises";
import type { Repository } from "retire/lib/types.js";
import * as z from "zod";

const Version = z.string().regex(/^\d[\w.+-]*$/);

const Vulnerability = z.object({
  below: Version,
  atOrAbove: Version.optional(),
  excludes: z.array(Version).optional(),
  severity: z.enum(["none", "low", "medium", "high", "critical"]),
  cwe: z.array(z.string()).default([]),
  identifiers: z
    .object({
      CVE: z.array(z.string()).optional(),
      githubID: z.string().optional(),
      summary: z.string().optional(),
    })
    .default({}),
  info: z.array(z.string()).default([]),
});

const Component = z.object({
  npmname: z.string().optional(),
  vulnerabilities: z.array(Vulnerability),
});

const File = z.record(z.string(), Component);

/** What a file of advisories holds; members that are not used here (patterns that find copied libraries) are left out. */
export type Advisories = z.infer<typeof File> & Repository;

/** Most bytes of a file that is read. */
export const LARGEST_ADVISORIES = 30_000_000;

export type AdvisoriesRead =
  | {
      readonly ok: true;
      readonly advisories: Advisories;
      /** When the file was written, ms since 1970. */
      readonly at: number;
    }
  /** `why` is a sentence that says what to do. */
  | { readonly ok: false; readonly why: string };

/** Reads a file of advisories. Never rejects. */
export async function readAdvisories(file: string): Promise<AdvisoriesRead> {
  try {
    const { size, mtimeMs } = await stat(file);
    if (size > LARGEST_ADVISORIES)
      return { ok: false, why: `${file} is larger than 30 MB; fetch it anew.` };
    const parsed = parseAdvisories(await readFile(file, "utf8"));
    return typeof parsed === "string"
      ? { ok: false, why: `${file} holds no advisories: ${parsed}` }
      : { ok: true, advisories: parsed, at: mtimeMs };
  } catch {
    return {
      ok: false,
      why: `There is no file of advisories at ${file}. Run \`roundtable advisories update\` where the network is, or name one in the setting roundtable.advisories.`,
    };
  }
}

/** The advisories in a text; or a sentence that says what is wrong with it. */
export function parseAdvisories(text: string): Advisories | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return `it is not JSON (${error instanceof Error ? error.message : String(error)}).`;
  }
  const parsed = File.safeParse(data);
  if (parsed.success)
    return Object.keys(parsed.data).length === 0
      ? "it is empty."
      : (parsed.data as Advisories);
  const [issue] = parsed.error.issues;
  return `${issue?.path.join(".") ?? ""} ${issue?.message ?? "does not fit"}.`;
}
