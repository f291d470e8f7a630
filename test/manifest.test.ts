import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import ts from "typescript";
import * as z from "zod";

import { PageCommand } from "../src/protocol/panel.ts";
import { Settings } from "../src/protocol/settings.ts";
import { inRoot } from "./rig/project.ts";

interface Setting {
  readonly type: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly version: string;
  readonly enabledApiProposals?: unknown;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: boolean;
      readonly description: string;
    };
  };
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<
      Record<string, readonly { command: string; when?: string }[]>
    >;
    readonly views: Readonly<Record<string, readonly { id: string }[]>>;
    readonly configuration: {
      readonly properties: Readonly<Record<string, Setting>>;
    };
  };
}

const text = await readFile(inRoot("package.json"), "utf8");
const manifest = JSON.parse(text) as Manifest;
const { commands, menus, configuration } = manifest.contributes;
const settings = configuration.properties;

/** The ids that the command table of src/vscode/commands.ts has a function for. */
async function commandTable(): Promise<readonly string[]> {
  const source = await readFile(inRoot("src/vscode/commands.ts"), "utf8");
  const file = ts.createSourceFile("c.ts", source, ts.ScriptTarget.Latest);
  const ids: string[] = [];
  ts.forEachChild(file, (statement) => {
    if (!ts.isVariableStatement(statement)) return;
    for (const { name, initializer } of statement.declarationList
      .declarations) {
      if (name.getText(file) !== "COMMANDS" || initializer === undefined) {
        continue;
      }
      ts.forEachChild(initializer, (property) => {
        if (
          (ts.isPropertyAssignment(property) ||
            ts.isMethodDeclaration(property)) &&
          ts.isStringLiteral(property.name)
        ) {
          ids.push(property.name.text);
        }
      });
    }
  });
  return ids;
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1);

test("the palette offers exactly the commands of the command table", async () => {
  const table = await commandTable();
  assert.ok(table.length > 0, "no command table found");
  assert.deepEqual(
    commands.map(({ command }) => command).sort(byName),
    [...table].sort(byName),
  );
});

test("every command is found under the name of the product", () => {
  assert.deepEqual(
    commands.filter(({ category }) => category !== "Roundtable"),
    [],
  );
});

test("menus, welcome views and walkthrough name only commands that exist", () => {
  const known = new Set(commands.map(({ command }) => command));
  const named = [
    ...Object.values(menus).flatMap((items) => items.map((i) => i.command)),
    ...[...text.matchAll(/command:(roundtable\.\w+)/gi)].map((m) => m[1] ?? ""),
  ];
  assert.deepEqual(
    named.filter((id) => id.startsWith("roundtable.") && !known.has(id)),
    [],
  );
});

test("the page may only ask for commands that exist", () => {
  const known = commands.map(({ command }) => command);
  assert.deepEqual(
    PageCommand.options.filter((id) => !known.includes(id)),
    [],
  );
});

test("menus look only at context keys that the extension sets, and at its own views", async () => {
  const sources = await Promise.all(
    ["attention", "peersAttention"].map((name) =>
      readFile(inRoot(`src/vscode/${name}.ts`), "utf8"),
    ),
  );
  const set = new Set(
    [...sources.join("").matchAll(/keys\(\s*"(\w+)"/g)].map(([, name]) => name),
  );
  const views = new Set(
    Object.values(manifest.contributes.views).flatMap((all) =>
      all.map(({ id }) => id),
    ),
  );
  const looked = Object.values(menus)
    .flatMap((items) => items.map(({ when }) => when ?? ""))
    .flatMap((when) => [...when.matchAll(/roundtable\.(\w+)/g)]);
  assert.ok(looked.length > 0);
  assert.deepEqual(
    looked
      .filter(([id, name]) => !views.has(id) && !set.has(name))
      .map(([id]) => id),
    [],
  );
});

test("an untrusted folder keeps the extension off, and says why", () => {
  const { supported, description } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, false);
  assert.ok(description.length > 0);
});

test("only stable API is used", () => {
  assert.equal(manifest.enabledApiProposals, undefined);
});

test("nothing starts the extension but the end of VS Code's own start, for missions that a reload interrupted", () => {
  assert.deepEqual(manifest.activationEvents, ["onStartupFinished"]);
});

test("every setting is in the schema and every key of the schema is a setting", () => {
  assert.deepEqual(
    Object.keys(settings).sort(byName),
    Object.keys(Settings.shape)
      .map((key) => `roundtable.${key}`)
      .sort(byName),
  );
});

for (const [key, schema] of Object.entries(Settings.shape)) {
  test(`roundtable.${key} has the schema's type, default and limits, and a description`, () => {
    const setting = settings[`roundtable.${key}`];
    assert.ok(setting, "not in the manifest");
    const wanted = z.toJSONSchema(schema, { io: "input" }) as Setting;
    assert.equal(setting.type, wanted.type);
    assert.deepEqual(setting.default, schema.parse(undefined));
    assert.equal(setting.minimum, wanted.minimum);
    assert.equal(setting.maximum, wanted.maximum);
    const offered = setting.enum ?? [];
    assert.deepEqual(
      offered.filter((value) => wanted.enum?.includes(value) !== true),
      [],
    );
    assert.equal(setting.enumDescriptions?.length ?? 0, offered.length);
    assert.ok((setting.markdownDescription ?? "").length > 0);
  });
}

test("every file that the manifest names exists", () => {
  const files = [...text.matchAll(/"(media\/[^"]+)"/g)].map((m) => m[1] ?? "");
  assert.deepEqual(
    files.filter((file) => !existsSync(inRoot(file))),
    [],
  );
});

test("the API that is compiled against is that of the oldest VS Code supported", () => {
  const floor = /^\^(\d+\.\d+)\.0$/.exec(manifest.engines.vscode)?.[1];
  assert.equal(manifest.devDependencies["@types/vscode"], `~${floor ?? ""}.0`);
});

test("the lockfile names no registry, so that everyone's own is used", async () => {
  const lock = JSON.parse(
    await readFile(inRoot("package-lock.json"), "utf8"),
  ) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
  };
  assert.deepEqual(
    Object.entries(lock.packages).filter(
      ([, { resolved }]) => resolved !== undefined,
    ),
    [],
  );
});
