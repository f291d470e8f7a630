/** A line a change adds, with its place in the new version of the file. */
export interface AddedLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** What a unified diff says of one file. */
export interface FileDiff {
  readonly path: string;
  /** Its path before, when that is another. */
  readonly oldPath: string | undefined;
  readonly added: readonly AddedLine[];
  /** 1-based numbers, in the old version, of the lines it takes away. */
  readonly removed: readonly number[];
  /** The diff ends within this file. */
  readonly isCut: boolean;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The files of a unified diff of git's, in its order, quoted names included; carriage returns at line ends are left out. */
export function readDiff(diff: string): {
  readonly files: readonly FileDiff[];
  /** The diff is cut at its end: files are missing, and the last one may be incomplete. */
  readonly isCut: boolean;
} {
  const files: Draft[] = [];
  let now: Draft | undefined;
  let inHunk = false;
  let [oldLine, newLine] = [0, 0];
  for (const text of diff.split("\n")) {
    if (text.startsWith("diff --git ")) {
      now = { path: "", oldPath: undefined, added: [], removed: [] };
      files.push(now);
      inHunk = false;
      continue;
    }
    if (now === undefined) continue;
    const hunk = HUNK.exec(text);
    if (hunk !== null) {
      inHunk = true;
      oldLine = Number(hunk[1]);
      newLine = Number(hunk[2]);
    } else if (!inHunk) readName(now, text);
    else if (text.startsWith("+")) {
      const line = text.slice(1).replace(/\r$/, "");
      now.added.push({ path: now.path, line: newLine, text: line });
      newLine += 1;
    } else if (text.startsWith("-")) {
      now.removed.push(oldLine);
      oldLine += 1;
    } else if (text.startsWith(" ")) {
      oldLine += 1;
      newLine += 1;
    }
  }
  const isCut = /\n\[The diff is cut here: [^\n]*\]\n$/.test(diff);
  return {
    files: files
      .map((file) => ({ ...file, isCut: isCut && file === files.at(-1) }))
      .filter(({ path }) => path !== ""),
    isCut,
  };
}

interface Draft {
  path: string;
  oldPath: string | undefined;
  readonly added: AddedLine[];
  readonly removed: number[];
}

function readName(file: Draft, text: string): void {
  if (text.startsWith("+++ ")) {
    const path = nameOf(text.slice(4));
    if (path !== NOWHERE) file.path = path;
  } else if (text.startsWith("--- ")) {
    const path = nameOf(text.slice(4));
    // A deleted file goes by its old name.
    if (path !== NOWHERE && file.path === "") file.path = path;
  } else if (text.startsWith("rename from "))
    file.oldPath = unquoted(text.slice("rename from ".length));
  else if (text.startsWith("rename to "))
    file.path = unquoted(text.slice("rename to ".length));
}

const NOWHERE = "/dev/null";

function nameOf(side: string): string {
  return unquoted(side.replace(/\t.*$/, "")).replace(/^[ab]\//, "");
}

function unquoted(name: string): string {
  return name.startsWith('"') ? unquote(name) : name;
}

/** Undoes git's C-style quoting of names. */
function unquote(name: string): string {
  const bytes: number[] = [];
  const inner = Buffer.from(name.slice(1, -1), "utf8").toString("latin1");
  for (let index = 0; index < inner.length; index += 1) {
    const octal = /^\\([0-7]{3})/.exec(inner.slice(index, index + 4));
    if (octal?.[1] !== undefined) {
      bytes.push(parseInt(octal[1], 8));
      index += 3;
    } else if (inner[index] === "\\") {
      index += 1;
      bytes.push(
        (ESCAPES[inner[index] ?? ""] ?? inner[index] ?? "").charCodeAt(0),
      );
    } else bytes.push(inner.charCodeAt(index));
  }
  return Buffer.from(bytes).toString("utf8");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
