import { readFile } from "node:fs/promises";
import { callHub } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import { AgentId, IssuedToken, JoinAgent } from "../protocol/hub.ts";
import { createPrinter } from "./print.ts";
import { runningHub, type HubChoice } from "./runningHub.ts";
import { harmless } from "./text.ts";

/** Flags of `roundtable agents token`. */
export interface TokenOptions extends HubChoice {
  readonly days: number;
  readonly canAsk?: boolean;
  readonly json?: boolean;
}

/** Flags of `roundtable agents join`. */
export interface JoinOptions extends HubChoice {
  readonly as?: string;
  readonly withRole: string;
  readonly tokenEnv?: string;
  readonly key?: string;
}

/** Prints a token of an agent's own, alone on standard output; what to do with it goes to standard error. Returns the exit code. */
export async function issueToken(
  agentId: string,
  options: TokenOptions,
): Promise<number> {
  checkId(agentId);
  const hub = await runningHub(options);
  const params = {
    agentId,
    days: options.days,
    mayAsk: options.canAsk === true,
  };
  const issued = IssuedToken.parse(
    await callHub(hub, "agents/issueToken", params),
  );
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(issued)}\n`);
    return 0;
  }
  process.stdout.write(`${issued.token}\n`);
  const until = new Date(issued.expiresAt).toISOString().slice(0, 10);
  process.stderr.write(
    `The token of "${agentId}", good until ${until}; it is not shown again. The agent connects to ${issued.wsUrl} with it (docs/agents.md).\n`,
  );
  return 0;
}

/** Makes an agent's token useless; returns the exit code. */
export async function revokeToken(
  agentId: string,
  choice: HubChoice,
): Promise<number> {
  checkId(agentId);
  await callHub(await runningHub(choice), "agents/revokeToken", { agentId });
  createPrinter(process.stdout).line(
    `The token of ${agentId} is no longer good.`,
  );
  return 0;
}

/** Seats an A2A server elsewhere; returns the exit code. */
export async function joinAgent(
  cardUrl: string,
  options: JoinOptions,
): Promise<number> {
  const { as, withRole, tokenEnv, key } = options;
  const wanted = JoinAgent.safeParse({
    cardUrl,
    role: withRole,
    ...(as !== undefined && { agentId: as }),
    ...(tokenEnv !== undefined && { tokenFrom: `env:${tokenEnv}` }),
    ...(key !== undefined && { cardKey: await readKey(key) }),
  });
  if (!wanted.success) {
    const [issue] = wanted.error.issues;
    throw new RoundtableError(
      "bad-settings",
      `The server cannot join like that: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}.`,
      "Nothing was changed. `roundtable agents join --help` says what is wanted.",
    );
  }
  const joined = (await callHub(
    await runningHub(options),
    "agents/join",
    wanted.data,
  )) as { readonly agentId: string; readonly name: string };
  createPrinter(process.stdout).line(
    `${harmless(joined.name)} sits here as ${joined.agentId}.`,
  );
  return 0;
}

/** Lets an A2A server elsewhere leave; returns the exit code. */
export async function leaveAgent(
  agentId: string,
  choice: HubChoice,
): Promise<number> {
  checkId(agentId);
  await callHub(await runningHub(choice), "agents/leave", { agentId });
  createPrinter(process.stdout).line(`${agentId} has left.`);
  return 0;
}

function checkId(agentId: string): void {
  if (AgentId.safeParse(agentId).success) return;
  throw new RoundtableError(
    "bad-settings",
    `${JSON.stringify(agentId)} is no agent's id.`,
    "Nothing was changed. An id is made of up to 64 lower-case letters, digits, - and _.",
  );
}

async function readKey(file: string): Promise<string> {
  try {
    return JSON.stringify(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new RoundtableError(
      "bad-settings",
      `${file} holds no public key that can be read.`,
      "Nothing was changed. Name a file with one JSON Web Key.",
      { cause },
    );
  }
}
