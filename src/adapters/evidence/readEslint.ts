import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import * as z from "zod";

/** What ESLint says of a line. */
export interface LintMessage {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
  readonly isError: boolean;
}

const Report = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({
        ruleId: z.string().nullish(),
        severity: z.number(),
        message: z.string(),
        line: z.number().int().optional(),
      }),
    ),
  }),
);

/** Most bytes of a report that are read. */
const LARGEST = 50_000_000;

/** Reads the report `name` that ESLint wrote into `dir`, with paths below it; undefined when it wrote none that can be read. */
export async function readEslint(
  dir: string,
  name: string,
): Promise<readonly LintMessage[] | undefined> {
  const text = await readPlainFile(join(dir, name));
  if (text === undefined) return undefined;
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = Report.safeParse(report);
  if (!parsed.success) return undefined;
  const root = await realpath(dir);
  return parsed.data.flatMap(({ filePath, messages }) => {
    const path = relative(root, filePath).replaceAll("\\", "/");
    return messages.map(({ ruleId, severity, message, line }) => ({
      path,
      line: line ?? 0,
      rule: ruleId ?? "",
      message,
      isError: severity === 2,
    }));
  });
}

/** The workspace's code could have put a link or a pipe there: neither is followed. */
async function readPlainFile(path: string): Promise<string | undefined> {
  const file = await open(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const isPlain = (await file.stat()).isFile() && size <= LARGEST;
    return isPlain ? await file.readFile("utf8") : undefined;
  } finally {
    await file.close();
  }
}
