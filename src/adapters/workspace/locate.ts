import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { rulePath } from "../../core/policy.ts";
import { denied, systemCode } from "./trouble.ts";

/** A place below a root: the names of its folders and its own, none of them a link when it was looked up. */
export interface Location {
  readonly folders: readonly string[];
  readonly name: string;
}

/** Where `path` really is below `root` (itself a real path); `last` says whether a link at its end stands for itself. Rejects with `path-denied` for what lies outside, is protected, or hides one of both behind a link. */
export async function locate(
  root: string,
  path: string,
  mode: "read" | "write",
  last: "followed" | "itself" = "followed",
): Promise<Location> {
  const asked = isAbsolute(path) ? toRelative(root, path) : path;
  if (asked === undefined) throw denied(path, "it lies outside the folder");
  const named = rulePath(asked, mode);
  if (named.ruling === "deny") throw denied(path, sentence(named.rule));
  const names = asked.split("/").filter((name) => name !== "" && name !== ".");

  const kept = last === "itself" ? names.slice(-1) : [];
  const followed = names.slice(0, names.length - kept.length);
  const real = toRelative(
    root,
    join(await resolveLinks(root, followed, path), ...kept),
  );
  if (real === undefined)
    throw denied(path, "a link on the way leads out of the folder");
  const found = rulePath(real, mode);
  if (found.ruling === "deny") throw denied(path, sentence(found.rule));
  // The gate has asked a person about the name it saw, not about what a link makes of it.
  if (found.ruling === "ask" && named.ruling === "allow")
    throw denied(
      path,
      `it is a link to ${JSON.stringify(real)}, which is to be named itself`,
    );

  const segments = real.split("/");
  const name = segments.pop() ?? "";
  if (name === "") throw denied(path, "it is the folder itself");
  return { folders: segments, name };
}

/** `path` relative to `root` with `/`, compared by segments; undefined outside. */
function toRelative(root: string, path: string): string | undefined {
  const way = relative(root, path);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)
    ? undefined
    : way.split(sep).join("/");
}

/** The real path of the nearest part that exists, and the rest as named. */
async function resolveLinks(
  root: string,
  names: readonly string[],
  path: string,
): Promise<string> {
  for (let existing = names.length; existing > 0; existing -= 1) {
    const candidate = join(root, ...names.slice(0, existing));
    try {
      return join(await realpath(candidate), ...names.slice(existing));
    } catch (error) {
      if (systemCode(error) === "ELOOP")
        throw denied(path, "its links run in a circle");
      if (!["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) throw error;
    }
    if (await isLink(candidate))
      throw denied(path, "a link on the way leads to nothing");
  }
  return join(root, ...names);
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return false;
    throw error;
  }
}

function sentence(rule: string): string {
  return rule === "protected-path"
    ? "such files can make other programs run something and are protected"
    : `the rule ${rule} forbids it`;
}
