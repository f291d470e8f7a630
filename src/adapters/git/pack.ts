/** The files of a commit as a bundle of one commit without a parent, made beside the repository: neither its refs nor its objects change. */
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { MAX_BUNDLE, type Parcel } from "../../ports/parcels.ts";
import { treeFault } from "./crossing.ts";
import { commitOf, commitTree, treeOf } from "./objects.ts";
import { runsGit, type Repository, type RunsGit } from "./repository.ts";
import { runGit } from "./runGit.ts";

/** The only ref of a bundle. */
const BUNDLED_REF = "refs/heads/work";

/** Writes the bundle to `file`; the same files give the same commit. */
export async function pack(
  repository: Repository,
  revision: string,
  file: string,
): Promise<Parcel & { readonly commit: string }> {
  const from = await commitOf(repository, revision);
  const fault = await treeFault(repository, from);
  if (fault !== undefined) throw cannotCross(fault);
  const tree = await treeOf(repository, from);
  const aside = `${repository.places.temporary()}.git`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const beside = await openBeside(repository, aside, from);
    const commit = await commitTree(beside, {
      tree,
      parents: [],
      message: "The files as they are",
      at: 0,
    });
    await beside.git(["update-ref", BUNDLED_REF, commit]);
    await beside.git(["bundle", "create", "--quiet", file, BUNDLED_REF]);
    const { size } = await stat(file);
    if (size > MAX_BUNDLE)
      throw cannotCross(
        `Packed, its files weigh ${String(Math.ceil(size / 1_000_000))} MB; at most ${String(MAX_BUNDLE / 1_000_000)} can cross.`,
      );
    return { file, bytes: size, commit };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await rm(aside, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** How a bundle that holds exactly `commit` begins: no history it needs, no other ref, no filter. */
export function bundleHead(commit: string): string {
  const [version, format] =
    commit.length === 40 ? ["v2", ""] : ["v3", "@object-format=sha256\n"];
  return `# ${version} git bundle\n${format}${commit} ${BUNDLED_REF}\n\n`;
}

/** The hash function of a repository with this commit, as git names it. */
export function objectFormat(commit: string): string {
  return commit.length === 40 ? "sha1" : "sha256";
}

/** A git folder that borrows the repository's objects and keeps its own. */
async function openBeside(
  repository: Repository,
  gitDir: string,
  commit: string,
): Promise<RunsGit> {
  const { quiet } = repository.places;
  await runGit({
    cwd: quiet,
    gitDir,
    args: [
      "init",
      "--quiet",
      "--bare",
      "--template=",
      `--object-format=${objectFormat(commit)}`,
    ],
  });
  await mkdir(join(gitDir, "objects", "info"), { recursive: true });
  await writeFile(
    join(gitDir, "objects", "info", "alternates"),
    `${join(repository.commonDir, "objects")}\n`,
  );
  return runsGit(gitDir, quiet, []);
}

function cannotCross(why: string): RoundtableError {
  return new RoundtableError(
    "git-failed",
    `The repository cannot be sent to another hub. ${why}`,
    "Nothing was sent and nothing was changed.",
  );
}
