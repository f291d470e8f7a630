/** `roundtable agents …`, as the program knows them. */
import { InvalidArgumentError, type Command } from "commander";
import type { AgentsOptions } from "./agents.ts";
import type { JoinOptions, TokenOptions } from "./outsideAgents.ts";

/** Adds the commands; `ends` gets each one's exit code. */
export function addAgentCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  const agents = program
    .command("agents")
    .description(
      "who sits at the hub that runs; without one, who would sit at the table",
    )
    .option("--repo <dir>", "the repository whose hub it is", ".")
    .option("--hub <which>", "a hub's name, or its discovery file")
    .option("--id <pattern>", "only agents with such an id; * is anything")
    .option("--role <pattern>", "only agents of such a role")
    .option("--skill <pattern>", "only agents with such a skill")
    .option("--capability <pattern>", "only agents with such a capability")
    .option("--json", "as JSON")
    .configureHelp({ showGlobalOptions: true })
    .action(async (options: AgentsOptions) => {
      const { agents: list } = await import("./agents.ts");
      ends(await list(options));
    });

  agents
    .command("token")
    .description(
      "a token with which an agent from outside may sit down; shown once, an earlier one ends",
    )
    .argument("<agentId>", "the id it will have")
    .option("--days <n>", "how long it is good", days, 30)
    .option("--can-ask", "it may also give work to other agents")
    .action(async (agentId: string, _, command: Command) => {
      const { issueToken } = await import("./outsideAgents.ts");
      ends(await issueToken(agentId, command.optsWithGlobals<TokenOptions>()));
    });
  agents
    .command("revoke")
    .description("make an agent's token useless and end its connection")
    .argument("<agentId>", "whose token")
    .action(async (agentId: string, _, command: Command) => {
      const { revokeToken } = await import("./outsideAgents.ts");
      ends(await revokeToken(agentId, command.optsWithGlobals()));
    });
  agents
    .command("join")
    .description("seat an A2A server elsewhere by the address of its card")
    .argument("<cardUrl>", "https, or http on this machine")
    .option("--as <id>", "the id it gets here (default: from its name)")
    .option("--with-role <role>", "the role it gets here", "external")
    .option(
      "--token-env <name>",
      "environment variable of the hub's process with its bearer token",
    )
    .option("--key <file>", "public key (JWK) its card must be signed with")
    .action(async (cardUrl: string, _, command: Command) => {
      const { joinAgent } = await import("./outsideAgents.ts");
      ends(await joinAgent(cardUrl, command.optsWithGlobals<JoinOptions>()));
    });
  agents
    .command("leave")
    .description("let an A2A server elsewhere leave for good")
    .argument("<agentId>", "the id it has here")
    .action(async (agentId: string, _, command: Command) => {
      const { leaveAgent } = await import("./outsideAgents.ts");
      ends(await leaveAgent(agentId, command.optsWithGlobals()));
    });
}

function days(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 3650)
    throw new InvalidArgumentError(
      "Say days as a whole number from 1 to 3650.",
    );
  return number;
}
