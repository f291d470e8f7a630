// Bundles the extension, the command line and the panel into dist/ and holds them to their byte budgets.
import { existsSync, rmSync } from "node:fs";
import {
  chmod,
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

import * as esbuild from "esbuild";

const root = import.meta.dirname;
const dist = path.join(root, "dist");
// Bundled aside and put in place when complete and within budget.
const outdir = `out/dist-${String(process.pid)}`;
const made = path.join(root, outdir);
const budgets = {
  activation: 200_000,
  panel: 150_000,
  panelGzipped: 50_000,
  scripts: 2_800_000,
  evidence: 4_600_000,
};
// What sandbox-runtime starts on Linux to keep a command away from local sockets; it looks for them in ../vendor of its own chunk.
const helpers = ["x64", "arm64"].map(
  (arch) => `vendor/seccomp/${arch}/apply-seccomp`,
);

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};

/**
 * Code of packages that never runs here, left out: sandbox-runtime needs node-forge only to open TLS connections, which nobody
 * tells it to do; its zod/v3 is the one that the other packages share.
 */
const lean = {
  name: "lean",
  setup(build) {
    build.onResolve({ filter: /^node-forge$/ }, () => ({
      path: "node-forge",
      namespace: "left-out",
    }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents:
        "export default { asn1: {}, pki: {}, md: {}, random: {}, util: {} };",
    }));
    // The zod/v3 that sandbox-runtime brings is the one that the other packages share.
    build.onResolve({ filter: /^zod\/v3$/ }, ({ pluginData, kind }) =>
      pluginData === "shared"
        ? undefined
        : build.resolve("zod/v3", {
            kind,
            resolveDir: root,
            pluginData: "shared",
          }),
    );
  },
};

/** ESLint brings three hundred rules; of its own only those that src/adapters/evidence/eslintSecurity.ts switches on go along. */
const fewRules = {
  name: "few-rules",
  setup(build) {
    build.onLoad(
      { filter: /eslint[\\/]lib[\\/]rules[\\/][^\\/]+\.js$/ },
      ({ path: file }) =>
        /(?:index|no-new-func|no-implied-eval|no-script-url)\.js$/.test(file)
          ? undefined
          : { contents: "module.exports = { meta: {}, create: () => ({}) };" },
    );
  },
};

/** The host: what a mission needs only later is imported with `await import()` and lands in a chunk of its own. */
const host = {
  ...shared,
  outdir,
  platform: "node",
  format: "esm",
  target: "node22",
  mainFields: ["module", "main"],
  splitting: true,
  plugins: [lean],
  chunkNames: "chunks/[name]-[hash]",
  // Bundled CommonJS packages call require for Node's own modules.
  banner: {
    js: 'import{createRequire as __roundtableRequire}from"node:module";const require=__roundtableRequire(import.meta.url);',
  },
};

/** The process that analyses of evidence run in: a bundle of its own, so that nothing of it is ever loaded into the host. */
const evidence = {
  ...host,
  entryPoints: {
    "evidence/analysisChild": "src/adapters/evidence/analysisChild.ts",
  },
  plugins: [lean, fewRules],
  chunkNames: "evidence/[name]-[hash]",
};

const panel = {
  ...shared,
  entryPoints: { panel: "src/panel/main.ts" },
  outdir,
  platform: "browser",
  format: "esm",
  target: "chrome130",
  plugins: [{ name: "styles", setup: minifyStyles }],
};

// The door for terminals. It parses on Node 12, so that an old Node gets a sentence instead of a stack trace.
const cli = `#!/usr/bin/env node
var [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 13)) {
  import("./chunks/cli.js");
} else {
  console.error(
    "roundtable needs Node 22.13 or newer, for node:sqlite; this is Node " +
      process.versions.node +
      ". Install a newer one from https://nodejs.org and run the command again."
  );
  process.exitCode = 2;
}
`;

const missing = ["src/extension.ts", "src/cli.ts", "src/panel/main.ts"].filter(
  (entry) => !existsSync(path.join(root, entry)),
);
if (missing.length > 0) {
  fail([`Nothing to build from: ${missing.join(", ")} is missing.`]);
}

const built = await Promise.all([
  esbuild.build({
    ...host,
    entryPoints: { extension: "src/extension.ts", "chunks/cli": "src/cli.ts" },
    external: ["vscode"],
  }),
  esbuild.build(panel),
  esbuild.build(evidence),
]).catch(() => fail(["The sources above do not fit together."]));
// Proof that the command line does without VS Code: here vscode is not external, so reaching it is an error.
await esbuild
  .build({ ...host, entryPoints: ["src/cli.ts"], write: false })
  .catch(() => fail(["src/cli.ts must not reach vscode."]));
await writeFile(path.join(made, "cli.js"), cli);
await chmod(path.join(made, "cli.js"), 0o755);
await writeFile(path.join(made, "NOTICES.txt"), await notices(built));
for (const helper of helpers) {
  const copy = path.join(made, helper);
  await mkdir(path.dirname(copy), { recursive: true });
  await copyFile(
    path.join(root, "node_modules/@anthropic-ai/sandbox-runtime", helper),
    copy,
  );
  await chmod(copy, 0o755);
}

const panelCode = await readFile(path.join(made, "panel.js"));
const sizes = [
  [
    "activation: dist/extension.js and its static imports",
    activation(built[0].metafile),
    budgets.activation,
  ],
  ["panel: dist/panel.js", panelCode.length, budgets.panel],
  ["panel, gzipped", gzipSync(panelCode).length, budgets.panelGzipped],
  [
    "every script in dist/ but those of evidence",
    (await scriptsIn(made)) - (await scriptsIn(path.join(made, "evidence"))),
    budgets.scripts,
  ],
  [
    "evidence: dist/evidence/, a process each",
    await scriptsIn(path.join(made, "evidence")),
    budgets.evidence,
  ],
];
for (const [what, bytes, budget] of sizes) {
  console.log(`${kilobytes(bytes)} of ${kilobytes(budget)}  ${what}`);
}
await writeFile(
  path.join(root, "out", "sizes.json"),
  JSON.stringify(
    sizes.map(([what, bytes, budget]) => ({ what, bytes, budget })),
  ),
);
fail(
  sizes
    .filter(([, bytes, budget]) => bytes > budget)
    .map(
      ([what, bytes, budget]) =>
        `Over budget by ${kilobytes(bytes - budget).trim()}: ${what}. Import what is not needed at once with await import(), or drop it.`,
    ),
);
await rm(dist, { recursive: true, force: true });
await rename(made, dist);

/** esbuild leaves template literals as they are; those that are nothing but CSS are minified like any other style sheet. */
function minifyStyles(build) {
  build.onLoad(
    { filter: /src[\\/]panel[\\/].*\.ts$/ },
    async ({ path: file }) => {
      let contents = await readFile(file, "utf8");
      for (const [literal, css] of contents.matchAll(/css`([^`$\\]*)`/g)) {
        const { code } = await esbuild.transform(css, {
          loader: "css",
          minify: true,
          target: panel.target,
        });
        contents = contents.replace(literal, () => `css\`${code.trim()}\``);
      }
      // Indentation inside templates is text to the bundler and nothing to a page.
      return { contents: contents.replace(/\n +/g, "\n"), loader: "ts" };
    },
  );
}

/** Bytes that are loaded before activate() runs: the entry and, transitively, what it imports statically. */
function activation({ outputs }) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const imported of outputs[file].imports) {
      if (imported.kind === "import-statement" && !imported.external) {
        visit(imported.path);
      }
    }
  };
  visit(`${outdir}/extension.js`);
  return [...seen].reduce((sum, file) => sum + outputs[file].bytes, 0);
}

/** The licences of the packages whose code is in the bundles. */
async function notices(results) {
  const folders = new Set(
    results
      .flatMap(({ metafile }) => Object.keys(metafile.inputs))
      .map((file) => /^.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(file)?.[0])
      .filter((folder) => folder !== undefined),
  );
  const named = new Map();
  for (const folder of [...folders].sort()) {
    const absolute = path.join(root, folder);
    const { name, version, license } = JSON.parse(
      await readFile(path.join(absolute, "package.json"), "utf8"),
    );
    const file = (await readdir(absolute)).find((entry) =>
      /^licen[cs]e/i.test(entry),
    );
    const text =
      file === undefined
        ? ""
        : (await readFile(path.join(absolute, file), "utf8")).trim();
    const names = named.get(text) ?? [];
    named.set(text, [...names, `${name} ${version} (${license})`]);
  }
  const notice = ([text, names]) => `${names.join("\n")}\n\n${text}\n`;
  return [...named].map(notice).join(`\n${"-".repeat(72)}\n\n`);
}

/** Bytes of the JavaScript below a folder; licences and the sandbox's helpers are data that nothing parses. */
async function scriptsIn(folder) {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter(
    (entry) => entry.isFile() && entry.name.endsWith(".js"),
  );
  const read = files.map((entry) =>
    readFile(path.join(entry.parentPath, entry.name)),
  );
  return (await Promise.all(read)).reduce((sum, { length }) => sum + length, 0);
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0).padStart(5)} KB`;
}

function fail(sentences) {
  if (sentences.length === 0) return;
  for (const sentence of sentences) console.error(sentence);
  rmSync(made, { recursive: true, force: true });
  process.exit(1);
}
