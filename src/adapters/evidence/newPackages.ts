import {
  isLock,
  lockedPackages,
  type LockedPackage,
} from "./lockedPackages.ts";
import type { ChangedFile } from "./tool.ts";

/** A package at a version that the change brings in. */
export interface NewPackage extends LockedPackage {
  readonly path: string;
  /** A package.json asks for it, so that its version is the lowest that is allowed. */
  readonly isAsked: boolean;
}

/**
 * What the changed lock files name that their states before did not, each name and version once. Manifests count only when `there`, the
 * files of the repository, hold no lock file: they say what is allowed, a lock file what is used.
 */
export function newPackages(
  files: readonly ChangedFile[],
  there: readonly string[],
): readonly NewPackage[] {
  const found = new Map<string, NewPackage>();
  const isLocked = there.some((path) => isLock(path) && !isManifest({ path }));
  const locks = files.filter(
    (file) =>
      isLock(file.path) &&
      file.after !== undefined &&
      !(isLocked && isManifest(file)),
  );
  for (const file of locks) {
    const { path, oldPath, before, after = "" } = file;
    const old = new Set(
      lockedPackages(oldPath ?? path, before ?? "").map(keyOf),
    );
    for (const one of lockedPackages(path, after)) {
      const key = keyOf(one);
      if (!old.has(key) && !found.has(key))
        found.set(key, { ...one, path, isAsked: isManifest(file) });
    }
  }
  return [...found.values()];
}

function isManifest({ path }: Pick<ChangedFile, "path">): boolean {
  return path.endsWith("package.json");
}

function keyOf({ name, version }: LockedPackage): string {
  return `${name}@${version}`;
}
