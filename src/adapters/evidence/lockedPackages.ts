/** A package at a version, and the line of a lock file or manifest that says so. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly line: number;
  /** Its place among the installed packages, where the file tells. */
  readonly place?: string;
}

const READERS: readonly (readonly [
  RegExp,
  (text: string) => LockedPackage[],
])[] = [
  [/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/, readPackageLock],
  [/(?:^|\/)yarn\.lock$/, readYarnLock],
  [/(?:^|\/)pnpm-lock\.yaml$/, readPnpmLock],
  [/(?:^|\/)package\.json$/, readManifest],
];

/** Whether a path is a manifest or lock file of npm, Yarn or pnpm. */
export function isLock(path: string): boolean {
  return (
    !path.includes("node_modules/") &&
    READERS.some(([shape]) => shape.test(path))
  );
}

/**
 * The packages a lock file names, in its order; of a package.json those it depends on at run time, at the lowest version its range
 * allows. Read by line, as the package managers write them: a file that was laid out anew by hand gives less.
 */
export function lockedPackages(path: string, text: string): LockedPackage[] {
  const reader = READERS.find(([shape]) => shape.test(path))?.[1];
  return reader?.(text) ?? [];
}

const NAME = String.raw`((?:@[^/"\s]+\/)?[^/"@\s]+)`;

function readPackageLock(text: string): LockedPackage[] {
  const key = new RegExp(String.raw`^\s+"((?:.*node_modules\/)?${NAME})": \{$`);
  let place = "";
  let name: string | undefined;
  let line = 0;
  return text.split(/\r?\n/).flatMap((row, at) => {
    const named = key.exec(row);
    if (named !== null) {
      place = named[1] ?? "";
      name = named[2];
      line = at + 1;
      return [];
    }
    const version = /^\s+"version": "([^"]+)",?$/.exec(row)?.[1];
    if (version === undefined || name === undefined) return [];
    const found = { name, version, line, place };
    name = undefined;
    return [found];
  });
}

/** Both Yarn's first format and the one since 2. */
function readYarnLock(text: string): LockedPackage[] {
  const key = new RegExp(String.raw`^"?${NAME}@`);
  let name: string | undefined;
  let line = 0;
  return text.split(/\r?\n/).flatMap((row, at) => {
    if (/^\S/.test(row)) {
      name = key.exec(row)?.[1];
      line = at + 1;
      return [];
    }
    const version = /^ {2}version:? "?([^"\s]+)"?$/.exec(row)?.[1];
    return version === undefined || name === undefined
      ? []
      : [{ name, version, line }];
  });
}

function readPnpmLock(text: string): LockedPackage[] {
  const key = new RegExp(
    String.raw`^ {2}['"]?\/?${NAME}[@/](\d[^:('"]*)[^:]*:`,
  );
  return text.split(/\r?\n/).flatMap((row, at) => {
    const [, name, version] = key.exec(row) ?? [];
    return name === undefined || version === undefined
      ? []
      : [{ name, version, line: at + 1 }];
  });
}

function readManifest(text: string): LockedPackage[] {
  const entry = new RegExp(
    String.raw`^\s+"${NAME}":\s*"(?:npm:${NAME}@)?[~^]?>?=?v?(\d+\.\d+\.\d+[\w.+-]*)"?`,
  );
  let inside = false;
  return text.split(/\r?\n/).flatMap((row, at) => {
    const section = /^\s+"(\w+)":\s*\{/.exec(row)?.[1];
    if (section !== undefined)
      inside = section === "dependencies" || section === "optionalDependencies";
    else if (/^\s*\}/.test(row)) inside = false;
    const [, name, alias, version] = entry.exec(row) ?? [];
    return !inside || name === undefined || version === undefined
      ? []
      : [{ name: alias ?? name, version, line: at + 1 }];
  });
}
