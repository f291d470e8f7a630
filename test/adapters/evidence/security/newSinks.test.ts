import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { found, theFinding } from "./reviewing.ts";

/** What is new in a file, and what is said of it: `rule severity line`, or nothing. */
type Row = readonly [title: string, code: string, expected: readonly string[]];

function table(rows: readonly Row[], path?: string): void {
  for (const [title, code, expected] of rows)
    test(title, async () => {
      assert.deepEqual(await found(undefined, code, path), expected);
    });
}

describe("prototype pollution in new code", () => {
  table([
    [
      "a recursive merge over for-in",
      `function merge(target, source) {
  for (const key in source) {
    if (typeof source[key] === "object") merge(target[key], source[key]);
    else target[key] = source[key];
  }
}`,
      ["prototype-pollution high 4"],
    ],
    [
      "a recursive merge over Object.keys",
      `const deepMerge = (a, b) => {
  Object.keys(b).forEach((key) => {
    a[key] = isObject(b[key]) ? deepMerge(a[key], b[key]) : b[key];
  });
  return a;
};`,
      ["prototype-pollution high 3"],
    ],
    [
      "a path that is walked in a loop",
      `exports.set = function (object, path, value) {
  const parts = path.split(".");
  let at = object;
  while (parts.length > 1) {
    const part = parts.shift();
    at = at[part] = at[part] || {};
  }
  at[parts[0]] = value;
};`,
      ["prototype-pollution high 6"],
    ],
    [
      "two keys from outside",
      "export function put(all, group, name, value) {\n  all[group][name] = value;\n}",
      ["prototype-pollution high 2"],
    ],
    [
      "a merge that leaves dangerous keys out",
      `function merge(target, source) {
  for (const key in source) {
    if (key === "__proto__" || key === "constructor") continue;
    if (typeof source[key] === "object") merge(target[key], source[key]);
    else target[key] = source[key];
  }
}`,
      [],
    ],
    [
      "a merge that asks a helper of the file",
      `function merge(target, source) {
  for (const key in source) {
    if (bad(key)) continue;
    if (typeof source[key] === "object") merge(target[key], source[key]);
    else target[key] = source[key];
  }
}
function bad(key) { return key === "__proto__"; }`,
      [],
    ],
    [
      "a matrix",
      `function fill(rows, n) {
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < n; j += 1) rows[i][j] = 0;
}`,
      [],
    ],
    [
      "a flat copy",
      "function copy(target, source) {\n  for (const key in source) target[key] = source[key];\n}",
      [],
    ],
  ]);

  test("a loop over keys is offered the line that leaves them out", async () => {
    const { fix } = await theFinding(
      undefined,
      `function merge(to, from) {
  for (var key in from) {
    if (isObject(from[key])) merge(to[key], from[key]);
    else to[key] = from[key];
  }
}`,
    );
    assert.deepEqual(fix, {
      from: 3,
      to: 3,
      text: '    if (key === "__proto__" || key === "constructor" || key === "prototype") continue;\n    if (isObject(from[key])) merge(to[key], from[key]);',
    });
  });
});

describe("command injection in new code", () => {
  table([
    [
      "a template given to exec",
      'const { exec } = require("child_process");\nexports.kill = (pid) => exec(`kill ${pid}`);',
      ["command-injection high 2"],
    ],
    [
      "a joined list given to execSync under another name",
      'import * as cp from "node:child_process";\nexport function run(args) {\n  const command = ["git", ...args].join(" ");\n  return cp.execSync(command);\n}',
      ["command-injection high 4"],
    ],
    [
      "a promisified exec",
      'const run = require("util").promisify(require("child_process").exec);\nmodule.exports = async (dir) => run("ls " + dir);',
      ["command-injection high 2"],
    ],
    [
      "spawn through a shell",
      'import { spawn } from "child_process";\nexport const go = (name) => spawn(`tool ${name}`, { shell: true });',
      ["command-injection high 2"],
    ],
    [
      "sh -c",
      'const { spawn } = require("child_process");\nexports.go = (line) => spawn("sh", ["-c", "echo " + line]);',
      ["command-injection high 2"],
    ],
    [
      "a helper named like one that runs commands",
      "export const clone = (url) => runCommand(`git clone ${url}`);",
      ["command-injection high 1"],
    ],
    [
      "execFile with a list",
      'const { execFile } = require("child_process");\nexports.kill = (pid) => execFile("kill", [pid]);',
      [],
    ],
    [
      "a fixed command",
      'const { execSync } = require("child_process");\nconst BIN = "git";\nexports.head = () => execSync(BIN + " rev-parse HEAD");',
      [],
    ],
    [
      "exec of a regular expression",
      "export const first = (pattern, text) => pattern.exec(`a ${text}`);",
      [],
    ],
  ]);
});

describe("code injection in new code", () => {
  table([
    ["eval", "exports.run = (text) => eval(text);", ["code-injection high 1"]],
    [
      "new Function",
      'exports.make = (body) => new Function("x", "return " + body);',
      ["code-injection high 1"],
    ],
    [
      "vm",
      'const vm = require("vm");\nexports.run = (code) => vm.runInNewContext(code, {});',
      ["code-injection high 2"],
    ],
    [
      "a timer that is given text",
      "function later(name) {\n  setTimeout('go(' + name + ')', 10);\n}",
      ["code-injection high 2"],
    ],
    ["eval of fixed text", 'exports.all = () => eval("this");', []],
    ["a method that is called eval", "redis.eval(script, keys);", []],
  ]);
});

describe("path traversal in new code", () => {
  table([
    [
      "an archive's entry that is joined to a folder",
      `const fs = require("fs"), path = require("path");
exports.extract = (entries, dest) => {
  for (const entry of entries)
    fs.writeFileSync(path.join(dest, entry.path), entry.data);
};`,
      ["path-traversal high 4"],
    ],
    [
      "a static server",
      `const fs = require("fs"), path = require("path");
require("http").createServer((req, res) => {
  fs.createReadStream(path.join(__dirname, req.url)).pipe(res);
});`,
      ["path-traversal high 3"],
    ],
    [
      "a name of a caller",
      'import { readFile } from "node:fs/promises";\nexport const load = (dir, name) => readFile(`${dir}/${name}.json`);',
      ["path-traversal medium 2"],
    ],
    [
      "an entry that is kept inside",
      `const fs = require("fs"), path = require("path");
exports.extract = (entries, dest) => {
  for (const entry of entries) {
    const file = path.join(dest, entry.path);
    if (!file.startsWith(dest + path.sep)) throw new Error("outside");
    fs.writeFileSync(file, entry.data);
  }
};`,
      [],
    ],
    [
      "a file whose path a caller gives whole",
      'import { readFileSync } from "fs";\nexport const read = (file) => readFileSync(file, "utf8");',
      [],
    ],
    [
      "a file beside one",
      'import { statSync } from "fs";\nexport const wal = (file) => statSync(`${file}-wal`);',
      [],
    ],
  ]);
});

describe("other weak places in new code", () => {
  table([
    [
      "HTML from a value",
      "export const show = (node, name) => { node.innerHTML = name; };",
      ["cross-site-scripting medium 1"],
    ],
    [
      "SQL from a value",
      'export const find = (db, id) => db.query("SELECT * FROM users WHERE id = " + id);',
      ["sql-injection high 1"],
    ],
    [
      "a guessable token",
      "export function begin() {\n  const token = Math.random().toString(36);\n  return token;\n}",
      ["insecure-randomness medium 2"],
    ],
    ["fixed HTML", 'node.innerHTML = "<b>hi</b>";', []],
    ["SQL with parameters", "db.query('SELECT 1 WHERE a = ?', [a]);", []],
    ["a shade of grey", "const shade = Math.random();", []],
  ]);
  table(
    [
      [
        "HTML from a value in JSX",
        "export const Post = ({ html }: Props) => <div dangerouslySetInnerHTML={{ __html: html }} />;",
        ["cross-site-scripting medium 1"],
      ],
    ],
    "src/post.tsx",
  );

  test("certificates that are not checked are offered to be", async () => {
    const { rule, severity, fix } = await theFinding(
      undefined,
      "https.get(url, { rejectUnauthorized: false });",
    );
    assert.deepEqual([rule, severity], ["insecure-tls", "high"]);
    assert.equal(fix?.text, "https.get(url, { rejectUnauthorized: true });");
  });
});

test("a weak place that was there before is not the change's", async () => {
  const was =
    'const { exec } = require("child_process");\nexports.kill = (pid) => exec(`kill ${pid}`);';
  assert.deepEqual(await found(was, `// Kills.\n\n${was}`), []);
  const renamed = `${was}\nexports.stop = (id) => exec(\`stop \${id}\`);`;
  assert.deepEqual(await found(was, renamed), ["command-injection high 3"]);
});
