import type { Import } from "./imports.ts";

/** Who may import whom. A room is a file or folder (ending in a slash) or a file with the folder of its parts; the first that fits counts. */
interface Room {
  readonly at: string | readonly string[];
  readonly mayImport: readonly string[];
  /** Importable with `import type` only. */
  readonly mayImportTypes?: readonly string[];
}

const inner = ["src/core/", "src/ports.ts", "src/ports/", "src/protocol/"];
const adapter = [...inner, "node:"];
const everyInnerRoom = [
  ...inner,
  "src/mission/",
  "src/agents/",
  "src/hub/",
  "src/peering/",
  "src/adapters/",
];

/** What both doors are made of; they parse what comes in at the edge, with the schemas of protocol. */
const behindDoors = [
  "src/app.ts",
  "src/world.ts",
  "src/adapters/",
  "src/core/",
  "src/protocol/",
];

/** Each room may also import itself; an adapter not named here has no library of its own. */
const rooms: readonly Room[] = [
  { at: "src/protocol/", mayImport: ["zod"] },
  { at: "src/core/", mayImport: ["src/protocol/"] },
  {
    at: ["src/ports.ts", "src/ports/"],
    mayImport: ["src/core/", "src/protocol/"],
  },
  { at: "src/mission/", mayImport: inner },
  { at: "src/agents/", mayImport: inner },
  { at: "src/hub/", mayImport: [...inner, "ws", "cockatiel", "node:"] },
  { at: "src/peering/", mayImport: [...inner, "ws", "node:"] },
  { at: "src/adapters/claude/", mayImport: [...adapter, "@anthropic-ai/sdk"] },
  {
    at: "src/adapters/mcp/",
    mayImport: [...adapter, "@modelcontextprotocol/sdk"],
  },
  { at: "src/adapters/git/", mayImport: [...adapter, "simple-git"] },
  {
    at: "src/adapters/sandbox/",
    mayImport: [...adapter, "@anthropic-ai/sandbox-runtime"],
  },
  { at: "src/adapters/roles/", mayImport: [...adapter, "yaml"] },
  { at: "src/adapters/rules/", mayImport: [...adapter, "yaml", "zod"] },
  {
    at: "src/adapters/identity/",
    mayImport: [...adapter, "@peculiar/", "@scure/bip39", "jose"],
  },
  { at: "src/adapters/metrics/", mayImport: [...adapter, "prom-client"] },
  { at: "src/adapters/telemetry/", mayImport: [...adapter, "@opentelemetry/"] },
  {
    at: "src/adapters/evidence/",
    mayImport: [
      ...adapter,
      "@babel/parser",
      "@babel/types",
      "@secretlint/",
      "eslint",
      "eslint-plugin-security",
      "recheck",
      "retire",
      "zod",
    ],
  },
  { at: "src/adapters/*/", mayImport: adapter },
  { at: ["src/app.ts", "src/app/"], mayImport: everyInnerRoom },
  {
    at: "src/world.ts",
    mayImport: [...adapter, "src/adapters/", "src/app.ts"],
  },
  {
    at: "src/panel/",
    mayImport: ["src/protocol/panel", "lit", "@lit-labs/virtualizer"],
  },
  {
    at: "src/vscode/",
    mayImport: [...inner, "vscode"],
    mayImportTypes: ["src/app.ts"],
  },
  {
    at: "src/extension.ts",
    mayImport: [...behindDoors, "src/vscode/", "vscode"],
    mayImportTypes: ["src/ports.ts"],
  },
  {
    at: ["src/cli.ts", "src/cli/"],
    mayImport: [...behindDoors, "commander", "node:"],
    mayImportTypes: ["src/ports.ts"],
  },
];

/** The imports that break the table, each as a sentence; a file in no room is one too. */
export function offences(imports: readonly Import[]): readonly string[] {
  return imports.flatMap((found) => {
    const room = rooms.find(({ at }) => contains(at, found.from));
    if (room === undefined) {
      return [`${found.from} is in no room of test/rig/importTable.ts.`];
    }
    const allowed = [
      ...room.mayImport,
      ...(found.typeOnly ? (room.mayImportTypes ?? []) : []),
    ];
    return isAtHome(room, found) || allowed.some((at) => covers(at, found.to))
      ? []
      : [
          `${found.from} imports ${found.to}; this room may import ${allowed.join(", ")}.`,
        ];
  });
}

/** A wildcard room stands for many; only the folder that the file is in counts as its own. */
function isAtHome({ at }: Room, { from, to }: Import): boolean {
  if (typeof at !== "string" || !at.includes("*")) return contains(at, to);
  const depth = at.split("/").length - 1;
  return to.startsWith(`${from.split("/").slice(0, depth).join("/")}/`);
}

function contains(at: Room["at"], file: string): boolean {
  if (typeof at !== "string") return at.some((part) => contains(part, file));
  if (at.includes("*")) {
    return new RegExp(`^${at.replaceAll("*", "[^/]+")}`).test(file);
  }
  return at.endsWith("/") ? file.startsWith(at) : file === at;
}

function covers(allowed: string, target: string): boolean {
  const isFolderOrFamily = /[/:]$/.test(allowed) || allowed.startsWith("src/");
  return isFolderOrFamily ? target.startsWith(allowed) : target === allowed;
}
