import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { RoundtableError } from "../../core/errors.ts";
import { RoleFile } from "../../protocol/role.ts";

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Reads one agent file: YAML front matter between `---` lines, then the instructions. Throws `bad-role` with file and line. */
export function parseRole(file: string, text: string): RoleFile {
  const match = FRONT_MATTER.exec(text.replace(/^\uFEFF/, ""));
  if (match === null)
    throw badRole(
      file,
      1,
      "it does not begin with front matter between --- lines",
    );
  const [whole, yaml = ""] = match;
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw badRole(
      file,
      lines.linePos(broken.pos[0]).line + 1,
      broken.message.split("\n")[0] ?? "it is not YAML",
    );
  const front: unknown = document.toJS();
  const instructions = text.slice(whole.length).trim();
  const parsed = RoleFile.safeParse(
    typeof front === "object" && front !== null
      ? { ...front, instructions }
      : front,
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [
    ...(issue?.path ?? []),
    ...(issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : []),
  ];
  throw badRole(
    file,
    where[0] === "instructions"
      ? whole.split("\n").length
      : lineOf(document, lines, where),
    `${where.join(".") || "front matter"}: ${issue?.message ?? "it does not fit"}`,
  );
}

/** Line of the file where the value at `where`, or the closest one around it that is there, begins. */
function lineOf(
  document: Document,
  lines: LineCounter,
  where: readonly PropertyKey[],
): number {
  for (let depth = where.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(where.slice(0, depth), true);
    if (isNode(node) && node.range)
      // The front matter begins on the file's second line.
      return lines.linePos(node.range[0]).line + 1;
  }
  return 1;
}

function badRole(file: string, line: number, what: string): RoundtableError {
  return new RoundtableError(
    "bad-role",
    `The agent file ${file}:${String(line)} is not right: ${what}.`,
    "Correct it, then start again; the files that come with Roundtable show the form.",
  );
}
