/** Makes a repository where there is none. */
import {
  mkdir,
  readdir,
  readFile,
  realpath,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { commitTree, resolveRevision } from "./objects.ts";
import { openRepository, type Repository } from "./repository.ts";
import { runGit } from "./runGit.ts";
import { snapshot } from "./snapshot.ts";

/** Makes a repository in `dir` with these files as the first commit on `main`; what a crash left of the same call is finished. Rejects with `git-failed` when the folder holds anything else. */
export async function create(
  home: string,
  dir: string,
  files: Readonly<Record<string, string>>,
  message: string,
  at: number,
): Promise<Repository> {
  await mkdir(dir, { recursive: true });
  const root = await realpath(dir);
  await refuseForeign(root, files);
  await runGit({
    cwd: root,
    gitDir: join(root, ".git"),
    workTree: root,
    args: ["init", "--quiet", "--initial-branch=main", "--template="],
  });
  for (const [path, text] of Object.entries(files)) {
    const file = resolve(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const repository = await openRepository(home, root);
  const tree = await snapshot(
    repository,
    { path: root, gitDir: repository.gitDir },
    { submodules: false, skip: () => false },
  );
  const commit = await commitTree(repository, {
    tree,
    parents: [],
    message,
    at,
  });
  const head = await resolveRevision(repository, "HEAD^{commit}");
  if (head === undefined)
    await repository.git(
      ["update-ref", "-m", "roundtable: first commit", "HEAD", commit, ""],
      { at },
    );
  else if (head !== commit) throw notEmpty(root);
  return repository;
}

async function refuseForeign(
  root: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const path of Object.keys(files))
    if (!resolve(root, path).startsWith(root + sep)) throw notEmpty(root);
  for (const entry of await readdir(root, {
    recursive: true,
    withFileTypes: true,
  })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (path.split(sep)[0] === ".git") continue;
    const wanted = files[path.split(sep).join("/")];
    if (entry.isDirectory()) continue;
    if (
      wanted === undefined ||
      !wanted.startsWith(await readFile(join(root, path), "utf8"))
    )
      throw notEmpty(root);
  }
}

function notEmpty(dir: string): RoundtableError {
  return new RoundtableError(
    "git-failed",
    `${dir} is not empty, or the files asked for do not fit in it.`,
    "Nothing of yours was changed; choose an empty folder.",
  );
}
