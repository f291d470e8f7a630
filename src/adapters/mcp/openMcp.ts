import { RoundtableError } from "../../core/errors.ts";
import type { McpTools, TextLog } from "../../ports.ts";
import type { McpServerConfig } from "./config.ts";
import { mcpServer, type McpTimeouts } from "./server.ts";

const TIMEOUTS: McpTimeouts = { connectMs: 15_000, callMs: 120_000 };

/** The tools of the configured MCP servers. Nothing is started before the first list or call; a server that fails is a problem, not an error. */
export function openMcp(options: {
  readonly configs: readonly McpServerConfig[];
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly textLog: TextLog;
  /** 15 s to connect or list, 120 s per call. */
  readonly timeouts?: McpTimeouts;
}): McpTools {
  const { configs, clientInfo, textLog, timeouts = TIMEOUTS } = options;
  const servers = configs.map((config) =>
    mcpServer(config, clientInfo, timeouts, textLog),
  );

  return {
    async list(signal) {
      signal.throwIfAborted();
      const lists = await untilAborted(
        Promise.all(
          servers.map(async (server) =>
            (await server.tools()).map((tool) => ({
              ...tool,
              name: `${server.name}/${tool.name}`,
              server: server.name,
            })),
          ),
        ),
        signal,
      );
      return lists.flat();
    },
    async call(name, input, signal) {
      signal.throwIfAborted();
      const [serverName, ...tool] = name.split("/");
      const server = servers.find((one) => one.name === serverName);
      if (server === undefined)
        throw new RoundtableError(
          "mcp-failed",
          `There is no MCP server for the tool ${name}.`,
          "Name it in .vscode/mcp.json and start the mission again.",
        );
      return server.call(tool.join("/"), input, signal);
    },
    problems: () =>
      servers.flatMap((server) => {
        const message = server.problem();
        return message === undefined ? [] : [{ server: server.name, message }];
      }),
    async dispose() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
