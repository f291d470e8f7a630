/** What agents may touch. Pure rules over names: links are resolved by whoever opens the file, before and after asking here. */

/** What happens to a request: done, put before the human, or refused. `rule` names the reason for people and the log. */
export interface PolicyRuling {
  readonly ruling: "allow" | "ask" | "deny";
  readonly rule: string;
}

/** Refused for writes wherever they lie: files that make git, editors, shells or other agents run something. Folders cover all below them. */
const PROTECTED: readonly RegExp[] = [
  /^\.git(?!hub$|lab$|lab-ci\.ya?ml$)/u,
  /^\.(?:vscode|idea|devcontainer|husky)$/u,
  /^\.devcontainer\.json$/u,
  /^\.(?:claude|codex|cursor|roo)$/u,
  /^\.(?:clinerules|cursorrules)/u,
  /\.code-workspace$/u,
  /^\.mcp\.json$/u,
  /^\.(?:npmrc|yarnrc(?:\.ya?ml)?|pnpmfile\.[cm]?js|envrc)$/u,
  /^\.(?:bashrc|bash_(?:profile|login|logout|aliases)|profile|login|logout|inputrc)$/u,
  /^\.(?:zshrc|zshenv|zprofile|zlogin|zlogout|kshrc|cshrc|tcshrc)$/u,
  /^config\.fish$/u,
];

/** Asked about on writes: continuous integration, files whose install runs code, locked dependencies, and standing orders to agents. */
const CONSEQUENTIAL: readonly RegExp[] = [
  /^\.(?:github|gitlab|circleci|buildkite|woodpecker)$/u,
  /^\.(?:gitlab-ci|travis|drone|woodpecker|appveyor)\.ya?ml$/u,
  /^(?:azure-pipelines|bitbucket-pipelines|appveyor)\.ya?ml$/u,
  /^jenkinsfile$/u,
  /^(?:package-lock|npm-shrinkwrap)\.json$/u,
  /^(?:yarn|bun|deno|cargo|poetry|uv|gemfile|composer|flake|pipfile|pdm|mix)\.lock$/u,
  /^(?:bun\.lockb|pnpm-lock\.yaml|pipfile\.lock|go\.sum|packages\.lock\.json)$/u,
  /^binding\.gyp$/u,
  /^(?:agents|claude|gemini)\.md$/u,
];

/** Asked about on reads and writes: what usually holds a secret. */
const SECRET: readonly RegExp[] = [
  /^\.env(?:\.(?!example$|sample$|template$|dist$).*)?$/u,
  /^\.(?:netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials|dockercfg)$/u,
  /^_netrc$/u,
  /^\.(?:git|ssh|aws|azure|gnupg|kube|docker|password-store)$/u,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/u,
  /\.(?:pem|key|p12|pfx|p8|jks|keystore|kdbx|tfvars|tfstate|ovpn|asc|ppk)$/u,
  /^credentials(?:\.(?:json|ya?ml|toml|ini|csv))?$/u,
  /^service[-_]?account.*\.json$/u,
  /^(?:client[-_])?secrets?(?:\..*)?\.(?:json|ya?ml|toml|ini|env)$/u,
];

/** Device names of Windows: opening one never opens a file. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/u;

/** Short names that Windows makes for long ones (`GIT~1` is `.git`). */
const SHORT_NAME = /~\d/u;

/** Control characters, line separators and marks that reorder text: a name with them is not the one a person reads. */
const UNREADABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ufffd]/u;

/** Characters that some file systems or eyes ignore: joiners, soft hyphens, variation selectors, byte order marks. */
const IGNORED = /[\p{Default_Ignorable_Code_Point}\u0307]/gu;

/**
 * What may happen to the file at `path`, relative to the root and separated by `/`. Every segment counts, at any depth, whether or not the
 * file exists, in any case, Unicode form and with the trailing dots and spaces that Windows drops. Names that could mean another file are refused.
 */
export function rulePath(path: string, mode: "read" | "write"): PolicyRuling {
  if (!isPlain(path)) return deny("path-shape");
  const segments = path
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    .map(fold);
  if (
    segments.some(
      (segment) =>
        segment === "" || segment === ".." || /[\\/:]/u.test(segment),
    )
  )
    return deny("path-shape");
  if (mode === "write") {
    if (segments.length === 0 || hits(segments, [DEVICE, SHORT_NAME]))
      return deny("path-shape");
    if (hits(segments, PROTECTED)) return deny("protected-path");
    if (hits(segments, CONSEQUENTIAL)) return ask("consequential-path");
  }
  return hits(segments, SECRET) ? ask("secret-path") : allow("in-root");
}

/** Scripts that npm runs by itself when a package is installed, packed or published. */
const LIFECYCLE_SCRIPTS = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "prepublishOnly",
  "preprepare",
  "prepare",
  "postprepare",
  "prepack",
  "postpack",
  "dependencies",
  "predependencies",
  "postdependencies",
] as const;

/** True when `after`, the new text of a package.json, runs something by itself that `before` did not; also when `after` cannot be read. `before` is undefined for a new file. */
export function lifecycleScriptsChanged(
  before: string | undefined,
  after: string,
): boolean {
  const old =
    before === undefined ? new Map<string, string>() : scriptsOf(before);
  const next = scriptsOf(after);
  return (
    next === undefined ||
    LIFECYCLE_SCRIPTS.some(
      (name) => next.has(name) && next.get(name) !== old?.get(name),
    )
  );
}

/** Commands run freely only where a sandbox really holds them; a list of harmless commands would be no control. */
export function ruleCommand(sandboxHolds: boolean): PolicyRuling {
  return sandboxHolds ? allow("sandboxed-command") : ask("no-sandbox");
}

/** A tool of an MCP server, by its name `server/tool` and the hash of its whole definition. */
export interface PinnedTool {
  readonly name: string;
  readonly definitionHash: string;
}

/** Allows an MCP tool only as the human approved it: `approved` maps names to definition hashes, and any change asks again. */
export function ruleTool(
  tool: PinnedTool,
  approved: ReadonlyMap<string, string>,
): PolicyRuling {
  if (!/^\w[\w.-]{0,63}\/\w[\w.-]{0,127}$/u.test(tool.name))
    return deny("tool-name");
  const pin = approved.get(tool.name);
  if (pin === undefined) return ask("tool-not-approved");
  return pin === tool.definitionHash && pin !== ""
    ? allow("tool-pinned")
    : ask("tool-changed");
}

/** Relative, and the same file to every system that reads it: no drive, stream, home or parent, no second kind of separator. */
function isPlain(path: string): boolean {
  return (
    path.length <= 1000 &&
    path.isWellFormed() &&
    !UNREADABLE.test(path) &&
    !/[\\:]/u.test(path) &&
    !/^[/~]/u.test(path)
  );
}

/** A name as the most forgiving file system compares it. A segment of one or two dots keeps its dots. */
function fold(segment: string): string {
  const plain = segment
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFKD")
    .replace(IGNORED, "")
    .replaceAll("\u0131", "i")
    .normalize("NFKC");
  return /^[. ]+$/u.test(plain) ? ".." : plain.replace(/[. ]+$/u, "");
}

function hits(
  segments: readonly string[],
  patterns: readonly RegExp[],
): boolean {
  return segments.some((segment) =>
    patterns.some((pattern) => pattern.test(segment)),
  );
}

function scriptsOf(text: string): ReadonlyMap<string, string> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const scripts: unknown = "scripts" in parsed ? parsed.scripts : {};
    if (typeof scripts !== "object" || scripts === null) return undefined;
    return new Map(
      Object.entries(scripts).map(([name, script]) => [name, String(script)]),
    );
  } catch {
    return undefined;
  }
}

function allow(rule: string): PolicyRuling {
  return { ruling: "allow", rule };
}

function ask(rule: string): PolicyRuling {
  return { ruling: "ask", rule };
}

function deny(rule: string): PolicyRuling {
  return { ruling: "deny", rule };
}
