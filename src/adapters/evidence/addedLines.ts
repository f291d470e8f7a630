/** A line a change adds, with its place in the new version of the file. */
export interface AddedLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The lines a unified diff adds. A file's name is read from its `+++` line, quoted names included. */
export function addedLines(diff: string): readonly AddedLine[] {
  const added: AddedLine[] = [];
  let path = "";
  let line = 0;
  let inHunk = false;
  for (const text of diff.split("\n")) {
    if (text.startsWith("diff --git ")) {
      inHunk = false;
      continue;
    }
    if (!inHunk && text.startsWith("+++ ")) {
      path = nameOf(text.slice(4));
      continue;
    }
    const hunk = HUNK.exec(text);
    if (hunk?.[1] !== undefined) {
      inHunk = true;
      line = Number(hunk[1]);
      continue;
    }
    if (!inHunk) continue;
    if (text.startsWith("+")) {
      added.push({ path, line, text: text.slice(1) });
      line += 1;
    } else if (text.startsWith(" ")) line += 1;
  }
  return added;
}

/** Whether a diff ends in the note that the rest of it is left out. */
export function isCut(diff: string): boolean {
  return /\n\[The diff is cut here: [^\n]*\]\n$/.test(diff);
}

function nameOf(side: string): string {
  const name = side.replace(/\t.*$/, "");
  const plain = name.startsWith('"') ? unquote(name) : name;
  return plain.replace(/^b\//, "");
}

/** Undoes git's C-style quoting of names. */
function unquote(name: string): string {
  const bytes: number[] = [];
  const inner = Buffer.from(name.slice(1, -1), "utf8").toString("latin1");
  for (let index = 0; index < inner.length; index += 1) {
    const octal = /^\\([0-7]{3})/.exec(inner.slice(index));
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
