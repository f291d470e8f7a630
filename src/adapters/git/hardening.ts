/** What every git call of ours switches off, so that a repository cannot make the host run anything. */

/** Settings for `-c`, in force on every call. They beat every config file. */
export const FIXED_CONFIG: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.pager=cat",
  "core.editor=true",
  "core.askPass=",
  "core.sshCommand=false",
  "core.attributesFile=/dev/null",
  "core.quotePath=false",
  "core.splitIndex=false",
  "credential.helper=",
  "diff.external=",
  "diff.ignoreSubmodules=dirty",
  "protocol.allow=never",
  "safe.bareRepository=explicit",
  "submodule.recurse=false",
  "commit.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  // Results must not depend on who runs them.
  "i18n.commitEncoding=UTF-8",
  "i18n.logOutputEncoding=UTF-8",
  "merge.renames=true",
  "merge.directoryRenames=conflict",
];

/** Guards of simple-git that stand in the way of switching those things off. The rest stay closed. */
export const OPENED_GUARDS = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeEditor: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
} as const;

/** The author of every commit the broker makes. */
export const AUTHOR = {
  name: "Roundtable",
  email: "roundtable@localhost",
} as const;

const KEPT_VARIABLES = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "XDG_CONFIG_HOME",
  "SYSTEMROOT",
  "SystemRoot",
  "COMSPEC",
  "TEMP",
  "TMP",
  "TMPDIR",
];

/** The whole environment of a git call: nothing inherited but where things are; dates come from `atMs`. */
export function cleanEnvironment(
  atMs: number,
  overrides: readonly (readonly [key: string, value: string])[],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of KEPT_VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  // The "@" makes small numbers seconds too.
  const date = `@${String(Math.floor(atMs / 1000))} +0000`;
  Object.assign(env, {
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    GIT_COMMITTER_DATE: date,
    GIT_CONFIG_COUNT: String(overrides.length),
  });
  // Not `-c`: a driver's name may hold an "=", which would cut the key short there.
  overrides.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${String(index)}`] = key;
    env[`GIT_CONFIG_VALUE_${String(index)}`] = value;
  });
  return env;
}

/**
 * What has to be overridden so that no driver a config file names can run: filters become pass-through (files of Git LFS are therefore
 * handled as the pointers they are in git), custom merge drivers become git's own text merge.
 */
export function driverOverrides(
  keys: readonly string[],
): readonly (readonly [key: string, value: string])[] {
  return [...new Set(keys)].flatMap((key): [string, string][] => {
    if (/^filter\..*\.(clean|smudge|process)$/su.test(key)) return [[key, ""]];
    if (/^filter\..*\.required$/su.test(key)) return [[key, "false"]];
    if (/^merge\..*\.driver$/su.test(key))
      return [[key, "git merge-file --quiet --marker-size=%L %A %O %B"]];
    return [];
  });
}
