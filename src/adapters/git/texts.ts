/** Many files of a tree, read with three git processes however many they are. */
import { randomUUID } from "node:crypto";
import type { FileText, Unread } from "../../ports/changeReader.ts";
import { SUBMODULE, treeOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

/** Most bytes of a file, and of all files of a call, that are read. */
const MAX_FILE = 4_000_000;
const MAX_TOTAL = 32_000_000;

/** Bytes in which git, and we, look for a NUL to tell binary files; here in characters. */
const BINARY_PROBE = 8000;

interface Entry {
  readonly mode: string;
  readonly hash: string;
  readonly size: number;
}

/** One answer per path, in the order asked; rejects with `bad-revision`. */
export async function textsOf(
  repository: Repository,
  treeish: string,
  paths: readonly string[],
): Promise<readonly FileText[]> {
  if (paths.length === 0) return [];
  const entries = await entriesOf(repository, treeish, new Set(paths));
  const plan = planOf(paths, entries);
  const wanted = [
    ...new Set(plan.flatMap((file) => ("hash" in file ? [file.hash] : []))),
  ];
  const blobs = await blobsOf(repository, wanted);
  return plan.map((file) => {
    if ("unread" in file) return file;
    const text = blobs.get(file.hash);
    if (text === undefined) return { path: file.path, unread: "missing" };
    return text.slice(0, BINARY_PROBE).includes("\0")
      ? { path: file.path, unread: "binary" }
      : { path: file.path, text };
  });
}

async function entriesOf(
  repository: Repository,
  treeish: string,
  paths: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Entry>> {
  const tree = await treeOf(repository, treeish);
  // All of the tree: names on the command line would have to be bounded, and may be anything.
  const { stdout } = await repository.git([
    "ls-tree",
    "-r",
    "-l",
    "-z",
    "--full-tree",
    tree,
  ]);
  const found = new Map<string, Entry>();
  for (const line of stdout.split("\0")) {
    const tab = line.indexOf("\t");
    const path = line.slice(tab + 1);
    if (tab < 0 || !paths.has(path)) continue;
    const [mode = "", , hash = "", size = ""] = line.slice(0, tab).split(/ +/u);
    found.set(path, { mode, hash, size: Number(size) });
  }
  return found;
}

function planOf(
  paths: readonly string[],
  entries: ReadonlyMap<string, Entry>,
): readonly (
  | { readonly path: string; readonly hash: string }
  | { readonly path: string; readonly unread: Unread }
)[] {
  let total = 0;
  return paths.map((path) => {
    const entry = entries.get(path);
    if (entry === undefined) return { path, unread: "missing" };
    if (entry.mode === SUBMODULE) return { path, unread: "submodule" };
    if (!entry.mode.startsWith("100")) return { path, unread: "link" };
    if (entry.size > MAX_FILE || total + entry.size > MAX_TOTAL)
      return { path, unread: "large" };
    total += entry.size;
    return { path, hash: entry.hash };
  });
}

/** Texts by hash. What is between two files in git's answer is a word nobody could have put into one. */
async function blobsOf(
  repository: Repository,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (hashes.length === 0) return new Map();
  const mark = randomUUID();
  const { stdout } = await repository.git(
    ["cat-file", `--batch=${mark} %(objectname)`],
    { input: hashes.map((hash) => `${hash}\n`).join("") },
  );
  return new Map(
    stdout
      .split(`${mark} `)
      .slice(1)
      .map((part) => {
        const end = part.indexOf("\n");
        return [part.slice(0, end), part.slice(end + 1, -1)];
      }),
  );
}
