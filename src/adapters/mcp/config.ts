import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseJsonc } from "./jsonc.ts";

/** A server as a configuration file names it; one that cannot be used says why. */
export type McpServerConfig = { readonly name: string } & (
  | {
      readonly kind: "stdio";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
    }
  | {
      readonly kind: "http";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: "unusable"; readonly why: string }
);

/** Files that name servers, and the member that holds them; the first one that names a server wins. */
const FILES = [
  { file: ".vscode/mcp.json", member: "servers" },
  { file: ".mcp.json", member: "mcpServers" },
] as const;

const NAME = /^[\w.-]{1,64}$/;

/** The MCP servers that the files of a folder name. A file or an entry that makes no sense becomes an unusable server, so that people are told. */
export async function readMcpConfigs(
  root: string,
): Promise<readonly McpServerConfig[]> {
  const found = new Map<string, McpServerConfig>();
  for (const { file, member } of FILES) {
    for (const config of await readConfigFile(root, file, member))
      if (!found.has(config.name)) found.set(config.name, config);
  }
  return [...found.values()];
}

async function readConfigFile(
  root: string,
  file: string,
  member: string,
): Promise<readonly McpServerConfig[]> {
  let text: string;
  try {
    text = await readFile(path.join(root, file), "utf8");
  } catch (error) {
    if (isMissing(error)) return [];
    return [unusable(file, `It cannot be read: ${String(error)}`)];
  }
  let content: unknown;
  try {
    content = parseJsonc(text);
  } catch (error) {
    return [unusable(file, `It is not JSON: ${String(error)}`)];
  }
  const servers = isRecord(content) ? content[member] : undefined;
  if (servers === undefined) return [];
  if (!isRecord(servers))
    return [unusable(file, `Its member "${member}" is not an object.`)];
  return Object.entries(servers).map(([name, entry]) =>
    readEntry(name, entry, root),
  );
}

function readEntry(
  name: string,
  entry: unknown,
  root: string,
): McpServerConfig {
  if (!NAME.test(name))
    return unusable(
      name,
      "Its name may hold letters, digits, dots, _ and - only, at most 64.",
    );
  if (!isRecord(entry)) return unusable(name, "It is not an object.");
  const resolved = JSON.parse(
    JSON.stringify(entry).replaceAll(
      "${workspaceFolder}",
      JSON.stringify(root).slice(1, -1),
    ),
  ) as Readonly<Record<string, unknown>>;
  // A file of the repository must not draw secrets out of our environment.
  const variable = /\$\{[^}]*\}/.exec(JSON.stringify(resolved))?.[0];
  if (variable !== undefined)
    return unusable(
      name,
      `It uses ${variable}; only \${workspaceFolder} is filled in here.`,
    );
  return typeof resolved["url"] === "string"
    ? readHttp(name, resolved["url"], resolved["headers"])
    : readStdio(name, resolved, root);
}

function readHttp(
  name: string,
  url: string,
  headers: unknown,
): McpServerConfig {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return unusable(name, "Its url is not an http or https address.");
  const texts = textsOf(headers);
  return texts === undefined
    ? unusable(name, "Its headers must be texts.")
    : { name, kind: "http", url, headers: texts };
}

function readStdio(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  root: string,
): McpServerConfig {
  const { command, args = [], cwd = "." } = entry;
  const env = textsOf(entry["env"]);
  if (typeof command !== "string" || command === "")
    return unusable(name, "It has neither a command nor a url.");
  if (
    !Array.isArray(args) ||
    !args.every((arg): arg is string => typeof arg === "string")
  )
    return unusable(name, "Its args must be a list of texts.");
  if (env === undefined) return unusable(name, "Its env must hold texts.");
  if (typeof cwd !== "string") return unusable(name, "Its cwd must be a text.");
  return {
    name,
    kind: "stdio",
    command,
    args,
    env,
    cwd: path.resolve(root, cwd),
  };
}

function unusable(name: string, why: string): McpServerConfig {
  return { name, kind: "unusable", why };
}

function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return {};
  if (!isRecord(value)) return undefined;
  return Object.values(value).every((item) => typeof item === "string")
    ? (value as Readonly<Record<string, string>>)
    : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR")
  );
}
