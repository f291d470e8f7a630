import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  lifecycleScriptsChanged,
  ruleCommand,
  rulePath,
  ruleTool,
} from "../../src/core/policy.ts";

const PROTECTED = [
  ".git",
  ".git/config",
  ".git/hooks/pre-commit",
  ".gitattributes",
  ".gitmodules",
  ".gitignore",
  ".vscode/settings.json",
  "team.code-workspace",
  ".devcontainer/devcontainer.json",
  ".devcontainer.json",
  ".mcp.json",
  ".claude/settings.json",
  ".codex/config.toml",
  ".cursor/mcp.json",
  ".clinerules",
  ".idea/workspace.xml",
  ".husky/pre-commit",
  ".npmrc",
  ".yarnrc.yml",
  ".pnpmfile.cjs",
  ".envrc",
  ".bashrc",
  ".bash_profile",
  ".profile",
  ".zshrc",
  ".zshenv",
  ".config/fish/config.fish",
];

const CONSEQUENTIAL = [
  ".github/workflows/ci.yml",
  ".github/actions/setup/action.yml",
  ".gitlab-ci.yml",
  ".circleci/config.yml",
  "azure-pipelines.yml",
  "Jenkinsfile",
  "package-lock.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lockb",
  "Cargo.lock",
  "go.sum",
  "binding.gyp",
  "AGENTS.md",
  "CLAUDE.md",
];

const SECRET = [
  ".env",
  ".env.production",
  ".netrc",
  ".npmrc",
  ".git/config",
  ".ssh/known_hosts",
  ".aws/credentials",
  "deploy/id_ed25519",
  "certs/server.pem",
  "certs/server.key",
  "credentials.json",
  "service-account-prod.json",
  "config/secrets.yml",
  "client_secret.json",
  "infra/terraform.tfstate",
];

const PLAIN = [
  "src/index.ts",
  "package.json",
  "README.md",
  "docs/git.md",
  "src/.eslintrc.json",
  "src/environment.ts",
  "a/b/c/d.txt",
  "./src/a b.ts",
  "src/übung.ts",
  "src/profile.ts",
  ".env.example",
];

/** Spellings that some file system takes for the same file. */
const DISGUISES: readonly ((path: string) => string)[] = [
  (path) => path.toUpperCase(),
  (path) => path.replace(/\p{L}/u, (letter) => letter.toUpperCase()),
  (path) => `packages/app/${path}`,
  (path) => `./${path}`,
  (path) => `a//${path}`,
  (path) => `a/./${path}`,
  (path) => `${path}.`,
  (path) => `${path} . .`,
  (path) => path.replaceAll("/", "./"),
  (path) => path.normalize("NFD"),
  (path) => path.replace("i", "ı"),
  (path) => path.replace("k", "\u212a"),
  (path) => path.replace("s", "ſ"),
  (path) => path.replace("i", "\uff49"),
  (path) => `${path.slice(0, 2)}\u200c${path.slice(2)}`,
  (path) => `${path.slice(0, 3)}\u00ad${path.slice(3)}`,
  (path) => `\ufeff${path}`,
];

describe("writing", () => {
  it("is refused for protected files at any depth, in every disguise, and for whatever lies below them", () => {
    for (const path of PROTECTED) {
      assert.deepEqual(rulePath(path, "write"), {
        ruling: "deny",
        rule: "protected-path",
      });
      assert.equal(rulePath(`${path}/x`, "write").ruling, "deny");
      for (const disguise of DISGUISES)
        assert.equal(
          rulePath(disguise(path), "write").ruling,
          "deny",
          JSON.stringify(disguise(path)),
        );
    }
  });

  it("asks for what has consequences elsewhere, in every disguise", () => {
    for (const path of CONSEQUENTIAL) {
      assert.deepEqual(rulePath(path, "write"), {
        ruling: "ask",
        rule: "consequential-path",
      });
      assert.equal(rulePath(path, "read").ruling, "allow");
      for (const disguise of DISGUISES)
        assert.notEqual(rulePath(disguise(path), "write").ruling, "allow");
    }
  });

  it("is allowed elsewhere", () => {
    for (const path of PLAIN)
      assert.equal(rulePath(path, "write").ruling, "allow", path);
  });
});

describe("reading", () => {
  it("asks for what looks like a secret", () => {
    for (const path of SECRET) {
      assert.deepEqual(rulePath(path, "read"), {
        ruling: "ask",
        rule: "secret-path",
      });
      assert.equal(rulePath(path.toUpperCase(), "read").ruling, "ask");
      assert.notEqual(rulePath(path, "write").ruling, "allow");
    }
  });

  it("is allowed elsewhere, the root included", () => {
    for (const path of [...PLAIN, ".gitignore", ".vscode/settings.json", ""])
      assert.equal(rulePath(path, "read").ruling, "allow", path);
    assert.equal(rulePath("", "write").ruling, "deny");
  });
});

describe("a name that could mean another file", () => {
  it("is refused, for reading too", () => {
    for (const path of [
      "/etc/passwd",
      "~/notes",
      "..",
      "../x",
      "a/../../x",
      "a/.. /x",
      "a/...",
      "C:/x",
      "a.txt:stream",
      ".git::$INDEX_ALLOCATION",
      "a\\b",
      "..\\x",
      "a\0b",
      "a\nb",
      "a\u202egpj.ts",
      "a\ud800",
      "a/\u200b/b",
      "a\uff0f..\uff0fb",
      "x".repeat(1001),
    ])
      for (const mode of ["read", "write"] as const)
        assert.deepEqual(
          rulePath(path, mode),
          { ruling: "deny", rule: "path-shape" },
          JSON.stringify(path),
        );
  });

  it("is refused for writing where Windows would open something else", () => {
    for (const path of ["GIT~1/config", "a/NUL", "con.txt", "COM1", "lpt9.log"])
      assert.equal(rulePath(path, "write").ruling, "deny", path);
  });
});

describe("any path at all", () => {
  const anyPath = fc
    .array(
      fc.oneof(
        fc.constantFrom(".git", ".Git", "..", ".", "", " ", "a", "config"),
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "binary" }),
      ),
      { maxLength: 6 },
    )
    .map((segments) => segments.join("/"));

  it("is never written below a protected name or outside the root", () => {
    fc.assert(
      fc.property(
        anyPath,
        anyPath,
        fc.constantFrom(...PROTECTED),
        fc.constantFrom(...DISGUISES),
        (before, after, name, disguise) => {
          const path = `${before}/${disguise(name)}/${after}`;
          assert.equal(rulePath(path, "write").ruling, "deny");
        },
      ),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(anyPath, fc.constantFrom("read", "write"), (path, mode) => {
        const { ruling } = rulePath(path, mode);
        if (ruling === "deny") return;
        assert.ok(!path.startsWith("/") && !path.includes("\\"));
        assert.ok(!path.split("/").includes(".."));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("lifecycle scripts", () => {
  const text = (scripts: unknown): string => JSON.stringify({ scripts });

  it("count as changed when one is new or different", () => {
    const before = text({ test: "node --test", prepare: "husky" });
    assert.ok(!lifecycleScriptsChanged(before, before));
    assert.ok(
      !lifecycleScriptsChanged(before, text({ test: "x", prepare: "husky" })),
    );
    assert.ok(!lifecycleScriptsChanged(before, text({})));
    assert.ok(!lifecycleScriptsChanged(before, "{}"));
    assert.ok(lifecycleScriptsChanged(before, text({ prepare: "evil" })));
    assert.ok(lifecycleScriptsChanged(before, text({ postinstall: "evil" })));
    assert.ok(lifecycleScriptsChanged(undefined, text({ install: "evil" })));
    assert.ok(!lifecycleScriptsChanged(undefined, text({ build: "tsc" })));
    assert.ok(lifecycleScriptsChanged("not json", text({ install: "evil" })));
  });

  it("count as changed when the new text cannot be read", () => {
    for (const after of ["", "{", "null", "7", '{"scripts":null}'])
      assert.ok(lifecycleScriptsChanged("{}", after), after);
  });
});

describe("commands and tools", () => {
  it("a command runs freely only in a sandbox that holds", () => {
    assert.equal(ruleCommand(true).ruling, "allow");
    assert.equal(ruleCommand(false).ruling, "ask");
  });

  it("a tool asks until its whole definition is approved, and again after any change", () => {
    const tool = { name: "files/read", definitionHash: "abc" };
    assert.equal(ruleTool(tool, new Map()).ruling, "ask");
    assert.equal(
      ruleTool(tool, new Map([["files/read", "abc"]])).ruling,
      "allow",
    );
    assert.equal(
      ruleTool(tool, new Map([["files/read", "abd"]])).rule,
      "tool-changed",
    );
    assert.equal(
      ruleTool({ ...tool, definitionHash: "" }, new Map([["files/read", ""]]))
        .ruling,
      "ask",
    );
    for (const name of ["read", "a/b/c", "a/", "/b", "a b/c", "../x"])
      assert.equal(ruleTool({ ...tool, name }, new Map()).ruling, "deny", name);
  });
});
