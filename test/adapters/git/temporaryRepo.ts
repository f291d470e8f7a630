/** A real repository in a temporary folder whose name has a space and an accent, as people's folders do. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openGit } from "../../../src/adapters/git/openGit.ts";
import type { TextLog } from "../../../src/ports.ts";
import type { Git } from "../../../src/ports/git.ts";

/** Says nothing. */
export const quiet: TextLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface TemporaryRepo {
  readonly root: string;
  readonly home: string;
  /** Folder that holds root, home and anything else of the test. */
  readonly top: string;
  readonly git: Git;
  /** The user's own git, in `dir` or the root. */
  run(args: readonly string[], dir?: string): string;
  write(path: string, text: string, dir?: string): void;
  read(path: string): string;
  /** Commits everything as the user and returns the commit. */
  commit(message: string): string;
  /** What a user can see of their checkout: status, index bytes, HEAD, refs of theirs, files. */
  fingerprint(): string;
  [Symbol.dispose](): void;
}

/** Makes a repository with one commit of `files` on `main`. */
export function temporaryRepo(
  files: Readonly<Record<string, string>> = { "a.txt": "one\n" },
): TemporaryRepo {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "round täble ")));
  const root = join(top, "re po");
  const home = join(top, "home");
  mkdirSync(root);
  const run = (args: readonly string[], dir = root): string =>
    execFileSync("git", [...args], {
      cwd: dir,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const write = (path: string, text: string, dir = root): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const commit = (message: string): string => {
    run(["add", "-A"]);
    run(["commit", "-q", "--allow-empty", "-m", message]);
    return run(["rev-parse", "HEAD"]).trim();
  };
  run(["init", "-q", "-b", "main", "--template="]);
  appendFileSync(
    join(root, ".git", "config"),
    "[user]\n\tname = Someone\n\temail = someone@example.org\n",
  );
  for (const [path, text] of Object.entries(files)) write(path, text);
  run(["add", "-A"]);
  run(["commit", "-q", "--allow-empty", "-m", "start"]);
  return {
    root,
    home,
    top,
    git: openGit({ home, textLog: quiet }),
    run,
    write,
    read: (path) => readFileSync(join(root, path), "utf8"),
    commit,
    fingerprint: () => {
      const index = hash(readFileSync(join(root, ".git", "index")));
      return JSON.stringify([
        index,
        readFileSync(join(root, ".git", "HEAD"), "utf8"),
        run(["for-each-ref", "--format=%(refname) %(objectname)"])
          .split("\n")
          .filter((line) => !line.startsWith("refs/heads/roundtable/")),
        filesBelow(root),
        readFileSync(join(root, ".git", "config"), "utf8"),
      ]);
    },
    [Symbol.dispose]: () => {
      rmSync(top, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Every file below a folder but `.git`, with the hash of its bytes. */
export function filesBelow(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((path) => !/^\.git(?:$|[\\/])/u.test(path))
    .sort()
    .map((path) => {
      const found = lstatSync(join(dir, path));
      if (found.isDirectory()) return `${path}/`;
      if (found.isSymbolicLink())
        return `${path} -> ${readlinkSync(join(dir, path))}`;
      return `${path} ${String(found.mode)} ${hash(readFileSync(join(dir, path)))}`;
    });
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
