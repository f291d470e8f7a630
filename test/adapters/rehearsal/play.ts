import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { firstMessage } from "../../../src/agents/prompt.ts";
import type { Block, ModelMessage, Models } from "../../../src/ports.ts";
import type { RoleFile } from "../../../src/protocol/role.ts";
import type { Work } from "../../../src/protocol/work.ts";

/** What an agent did until it handed in, or stopped without. */
export interface Played {
  readonly said: string;
  readonly stop: string;
  /** What it handed to `submit`; undefined when it did not. */
  readonly form: unknown;
  readonly calls: readonly { readonly name: string; readonly ok: boolean }[];
}

const TOOLS = [
  "diagnostics",
  "edit_file",
  "list_files",
  "read_file",
  "remove_file",
  "run_check",
  "search",
  "submit",
  "write_file",
].map((name) => ({
  name,
  description: name,
  inputSchema: { type: "object" },
}));

/** Lets the agent of a role do its work on the files below `work.root`, as the executor would. */
export async function playWork(
  models: Models,
  role: string,
  work: Work,
): Promise<Played> {
  const messages: ModelMessage[] = [firstMessage(work, seat(role))];
  const calls: { readonly name: string; readonly ok: boolean }[] = [];
  const said: string[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    const { message, stop } = await models.turn(
      {
        shared: "charter",
        tier: "middle",
        tools: TOOLS,
        messages,
        maxTokens: 4000,
      },
      AbortSignal.timeout(10_000),
      (delta) => said.push(delta),
    );
    messages.push(message);
    const results: Block[] = [];
    for (const block of message.content) {
      if (block.type !== "toolUse") continue;
      if (block.name === "submit")
        return { said: said.join(""), stop, form: block.input, calls };
      const { ok, text } = await callTool(work.root, block.name, block.input);
      calls.push({ name: block.name, ok });
      results.push({
        type: "toolResult",
        toolUseId: block.id,
        text,
        isError: !ok,
      });
    }
    if (results.length === 0)
      return { said: said.join(""), stop, form: undefined, calls };
    messages.push({ role: "user", content: results });
  }
  throw new Error("the agent never came to an end");
}

async function callTool(
  root: string,
  name: string,
  input: unknown,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const fields = input as Readonly<Record<string, string>>;
  const path = join(root, fields["path"] ?? "");
  if (name === "read_file")
    return { ok: true, text: await readFile(path, "utf8") };
  if (name === "edit_file") {
    const parts = (await readFile(path, "utf8")).split(fields["old"] ?? "");
    if (parts.length !== 2) return { ok: false, text: "not exactly once" };
    await writeFile(path, parts.join(fields["new"] ?? ""));
    return { ok: true, text: "changed" };
  }
  if (name === "run_check") return runTests(root);
  return { ok: true, text: "" };
}

/** Runs the tests of a folder with the Node that runs this. */
export function runTests(
  dir: string,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  // A test runner inside a test runner reports to its parent unless told otherwise.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--test"],
      { cwd: dir, env, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ ok: error === null, text: stdout + stderr });
      },
    );
  });
}

/** Writes files to a new folder; `remove` deletes it. */
export async function folderWith(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "roundtable sample "));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

function seat(role: string): RoleFile {
  return {
    id: role,
    name: role,
    role,
    description: role,
    tier: "middle",
    tools: [],
    skills: [],
    instructions: "role: somebody else\nDo your part.",
  };
}
