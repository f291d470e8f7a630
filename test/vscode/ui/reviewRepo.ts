import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const BEFORE = `import { execFile } from "node:child_process";
import https from "node:https";

/** Asks the shop's own server for a report. */
export function fetchReport(host, done) {
  https.get({ host, path: "/report" }, done);
}

export function archive(name, done) {
  execFile("tar", ["-cf", "reports.tar", name], done);
}
`;

/** The same with planted bugs. */
export const PLANTED = `import { exec } from "node:child_process";
import https from "node:https";

/** Asks the shop's own server for a report. */
export function fetchReport(host, done) {
  https.get({ host, path: "/report", rejectUnauthorized: false }, done);
}

export function archive(name, done) {
  exec("tar -cf reports.tar " + name, done);
}

export function total(formula) {
  return eval(formula);
}
`;

/** A repository whose working tree holds planted bugs in `src/reports.js`, for reviews. */
export interface ReviewRepo {
  readonly folder: string;
  /** The file with the bugs. */
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/** Makes it in a temporary folder; the last part of its path is `shop`. */
export async function makeReviewRepo(): Promise<ReviewRepo> {
  const parent = await realpath(
    await mkdtemp(path.join(tmpdir(), "roundtable-review-")),
  );
  const folder = path.join(parent, "shop");
  const file = path.join(folder, "src", "reports.js");
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "shop", version: "1.0.0", type: "module" }),
  );
  await writeFile(file, BEFORE);
  const git = async (...args: readonly string[]): Promise<void> => {
    await promisify(execFile)("git", args, { cwd: folder });
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "user.name", "Sample");
  await git("config", "user.email", "sample@localhost");
  await git("add", ".");
  await git("commit", "--quiet", "--message", "Open the shop");
  await writeFile(file, PLANTED);
  return {
    folder,
    file,
    remove: () => rm(parent, { recursive: true, force: true, maxRetries: 5 }),
  };
}
