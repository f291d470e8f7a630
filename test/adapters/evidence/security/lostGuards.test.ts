import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changed, found, review, theFinding } from "./reviewing.ts";

/** Code with a guard between ⟦ and ⟧, which a change takes away, and what is said then. */
type Row = readonly [title: string, code: string, expected: readonly string[]];

function lost(rows: readonly Row[], path?: string): void {
  for (const [title, code, expected] of rows)
    test(title, async () => {
      const before = code.replaceAll(/[⟦⟧]/gu, "");
      const after = code.replaceAll(/⟦[^⟧]*⟧/gu, "");
      assert.deepEqual(await found(before, after, path), expected);
      assert.deepEqual(await found(after, before, path), [], "the other way");
    });
}

describe("guards of objects that a change takes away", () => {
  lost([
    [
      "a comparison with __proto__ before a write",
      `function put(object, key, value) {
⟦  if (key === "__proto__") return;
⟧  object[key] = value;
}`,
      ["prototype-pollution high 2"],
    ],
    [
      "one of the words, for it is refused nowhere any more",
      `function put(object, key, value) {
  if (key === "__proto__"⟦ || key === "constructor"⟧) return;
  object[key] = value;
}`,
      ["prototype-pollution high 3"],
    ],
    [
      "an object without a prototype",
      `function count(words) {
  const seen = ⟦Object.create(null) || ⟧{};
  for (const word of words) seen[word] = true;
  return seen;
}`,
      [],
    ],
  ]);

  test("a helper that refused keys is missed where it was called", async () => {
    const before = `function copy(val, key) {
  if (!isValidKey(key)) {
    return;
  }
  this[key] = val;
}

function isValidKey(key) {
  return key !== "__proto__" && key !== "constructor";
}
`;
    const after = `function copy(val, key) {
  this[key] = val;
}
`;
    assert.deepEqual(await found(before, after), [
      "prototype-pollution high 2",
    ]);
  });

  test("an object without a prototype that becomes a plain one is said", async () => {
    const code = (made: string): string =>
      `function count(words) {\n  const seen = ${made};\n  for (const word of words) seen[word] = (seen[word] || 0) + 1;\n  return seen;\n}`;
    assert.deepEqual(await found(code("Object.create(null)"), code("{}")), [
      "prototype-pollution medium 3",
    ]);
    assert.deepEqual(await found(code("{}"), code("Object.create(null)")), []);
  });
});

describe("guards of commands and code that a change takes away", () => {
  lost([
    [
      "a value that was made safe for the shell",
      `const { exec } = require("child_process");
exports.list = function (dir) {
⟦  dir = shellEscape(dir);
⟧  const command = "ls";
  exec(command + " " + dir);
};`,
      ["command-injection high 4"],
    ],
    [
      "a value that had to be a number",
      `const { exec } = require("child_process");
exports.kill = function (pid) {
⟦  if (Number.isNaN(parseInt(pid))) throw new Error("no number");
⟧  exec("kill " + pid);
};`,
      ["command-injection high 3"],
    ],
    [
      "a name that had to be an identifier",
      `exports.compile = function (name, body) {
⟦  if (!IDENTIFIER.test(name)) throw new Error("no identifier");
⟧  return new Function(name, "return 1;" + body);
};`,
      ["code-injection high 2"],
    ],
  ]);

  test("a program that is now started through a shell is said", async () => {
    const before =
      'const cp = require("child_process");\nexports.show = (name) => cp.execFile("ifconfig", [name]);';
    const after =
      'const cp = require("child_process");\nexports.show = (name) => cp.exec("ifconfig " + name);';
    assert.deepEqual(await found(before, after), ["command-injection high 2"]);
    assert.deepEqual(await found(after, before), []);
  });
});

describe("guards of paths that a change takes away", () => {
  lost([
    [
      "a look at where the path leads",
      `const fs = require("fs"), path = require("path");
exports.extract = function (root, name, data) {
  const file = path.join(root, name);
⟦  if (file.indexOf(root) !== 0) return;
⟧  fs.writeFileSync(file, data);
};`,
      ["path-traversal high 4"],
    ],
    [
      "a look for two dots",
      `exports.load = function (name) {
⟦  if (name.includes("..")) throw new Error("outside");
⟧  return require("./locale/" + name);
};`,
      ["path-traversal high 2"],
    ],
  ]);

  test("join that becomes resolve is said: an absolute path now wins", async () => {
    const code = (verb: string): string =>
      `const path = require("path");\nmodule.exports = (root, name) => path.${verb}(root, name);`;
    assert.deepEqual(await found(code("join"), code("resolve")), [
      "path-traversal medium 2",
    ]);
  });
});

describe("care for what is confidential or allowed that a change takes away", () => {
  lost([
    [
      "a header that was not sent on",
      `function redirect(options, response) {
  if (response.host !== options.host) {
    options.count += 1;
⟦    delete options.headers.authorization;
⟧  }
}`,
      ["information-exposure medium 4"],
    ],
  ]);

  test("an option that is given another value", async () => {
    const code = (value: string): string =>
      `exports.open = (options) => connect({ rejectUnauthorized: ${value} });`;
    assert.deepEqual(
      await found(
        code("options.rejectUnauthorized !== false"),
        code("options.rejectUnauthorized"),
      ),
      ["insecure-default medium 1"],
    );
  });

  test("own keys that become all keys, before a write", async () => {
    const code = (loop: string): string =>
      `function copy(to, from) {\n  ${loop} {\n    to[key] = from[key];\n  }\n}`;
    assert.deepEqual(
      await found(
        code("for (const key of Object.keys(from))"),
        code("for (const key in from)"),
      ),
      ["prototype-pollution medium 3"],
    );
  });
});

describe("guards that are still there in another form", () => {
  const put = (guard: string, rest = ""): string =>
    `function put(object, key, value) {\n  ${guard}\n  object[key] = value;\n}\n${rest}`;
  const was = put('if (key === "__proto__") return;');

  test("moved into a function of the file", async () => {
    const helper =
      'function isUnsafe(key) {\n  return key === "__proto__";\n}\n';
    assert.deepEqual(
      await found(was, put("if (isUnsafe(key)) return;", helper)),
      [],
    );
  });

  test("moved into a function of another file of the change", async () => {
    const { findings } = await review(
      changed(
        was,
        `const { refuse } = require("./keys");\n${put("refuse(object, key);")}`,
      ),
      changed(
        undefined,
        'exports.refuse = (object, key) => { if (key === "__proto__") throw new Error("key"); };',
        { path: "lib/keys.js" },
      ),
    );
    assert.deepEqual(findings, []);
  });

  test("moved to another line, spelled with other quotes and spaces", async () => {
    const after = `function put(object, key, value) {
  log(key);
  if ( key==='__proto__' )
    return;
  object[key] = value;
}`;
    assert.deepEqual(await found(was, after), []);
  });

  test("in a file that has another name now", async () => {
    const { findings } = await review(
      changed(was, put(""), {
        path: "lib/new.js",
        oldPath: "lib/a.js",
        status: "renamed",
      }),
    );
    assert.deepEqual(
      findings.map(({ path, rule }) => `${path} ${rule ?? ""}`),
      ["lib/new.js prototype-pollution"],
    );
  });
});

describe("guards that let more through", () => {
  const rows: readonly (readonly [
    string,
    string,
    string,
    readonly string[],
  ])[] = [
    [
      "the pattern of an escape",
      "exports.quote = (s) => s.replace(/[A-Za-z]/g, '\\\\$&');",
      "exports.quote = (s) => s.replace(/[A-z]/g, '\\\\$&');",
      ["missing-validation medium 1"],
    ],
    [
      "a bound on the length",
      "function parse(text) {\n  if (text.length > 100) return;\n  return /^(a+) *$/.exec(text);\n}",
      "function parse(text) {\n  if (text.length > 10000) return;\n  return /^(a+) *$/.exec(text);\n}",
      ["redos medium 2"],
    ],
    [
      "a repeat without an end",
      "const TAIL = /^a(?:b[^c]{1,20})?$/;",
      "const TAIL = /^a(?:b[^c]{1,20})*$/;",
      ["redos medium 1"],
    ],
  ];
  for (const [title, before, after, expected] of rows)
    test(title, async () => {
      assert.deepEqual(await found(before, after), expected);
      assert.deepEqual(
        await found(after, before),
        before.includes("quote") ? expected : [],
      );
    });
});

test("a guard that is gone is quoted with what it stood before, and can be put back", async () => {
  const before = `function put(object, key, value) {
  if (key === "__proto__") return;
  object[key] = value;
}
`;
  const { claim, fix } = await theFinding(
    before,
    before.replace(/ {2}if.*\n/u, ""),
  );
  assert.match(claim, /takes `key === "__proto__"` away from put/u);
  assert.match(claim, /before `object\[key\] = value` on line 2/u);
  assert.deepEqual(fix, {
    from: 2,
    to: 2,
    text: '  if (key === "__proto__") return;\n  object[key] = value;',
  });
});
