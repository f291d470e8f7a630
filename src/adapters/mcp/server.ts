import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { RoundtableError } from "../../core/errors.ts";
import { redact } from "../../core/redact.ts";
import type { TextLog } from "../../ports.ts";
import type { McpServerConfig } from "./config.ts";
import { resultText } from "./resultText.ts";
import { readDefinition, type ToolDefinition } from "./toolDefinition.ts";

/** How long things may take, ms. */
export interface McpTimeouts {
  readonly connectMs: number;
  readonly callMs: number;
}

/** One server, connected when first needed. */
export interface McpServer {
  readonly name: string;
  /** Its tools now; empty when it cannot be used. Never rejects. */
  tools(): Promise<readonly ToolDefinition[]>;
  call(
    tool: string,
    input: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly ok: boolean; readonly text: string }>;
  /** Why it cannot be used; undefined while it can. */
  problem(): string | undefined;
  close(): Promise<void>;
}

/** Connections that may break off before a server is given up. */
const MAX_BREAKS = 3;
const MAX_PAGES = 20;
const STDERR_TAIL = 500;

/** A server that is not started yet. */
export function mcpServer(
  config: McpServerConfig,
  clientInfo: { readonly name: string; readonly version: string },
  timeouts: McpTimeouts,
  textLog: TextLog,
): McpServer {
  let problem = config.kind === "unusable" ? config.why : undefined;
  let connecting: Promise<Client> | undefined;
  let listing: Promise<readonly ToolDefinition[]> | undefined;
  let breaks = 0;
  let closed = false;
  // Asked as a question, because it may have changed over an await.
  const isClosed = (): boolean => closed;

  const giveUp = (why: string): void => {
    problem = why;
    textLog.warn("An MCP server cannot be used.", { server: config.name, why });
  };

  const connect = async (): Promise<Client> => {
    const sdk = await import("./sdk.ts");
    const client = new sdk.Client(clientInfo);
    let said = "";
    const transport = sdk.transportOf(config, (text) => {
      said = (said + text).slice(-STDERR_TAIL);
    });
    client.setNotificationHandler(sdk.ToolListChangedNotificationSchema, () => {
      listing = undefined;
    });
    try {
      await client.connect(transport, { timeout: timeouts.connectMs });
    } catch (error) {
      await client.close();
      throw new Error(`${wordsOf(error)} ${redact(said).trim()}`.trim(), {
        cause: error,
      });
    }
    client.onclose = () => {
      connecting = undefined;
      listing = undefined;
      breaks += 1;
      if (!closed && breaks >= MAX_BREAKS)
        giveUp(`It ended ${String(breaks)} times. ${redact(said).trim()}`);
    };
    if (closed) {
      await client.close();
      throw new Error("It was closed while it started.");
    }
    return client;
  };

  const client = (): Promise<Client> => (connecting ??= connect());

  const list = async (): Promise<readonly ToolDefinition[]> => {
    const { ResultSchema } = await import("./sdk.ts");
    const connected = await client();
    const found: ToolDefinition[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const result = await connected.request(
        {
          method: "tools/list",
          params: cursor === undefined ? {} : { cursor },
        },
        // Everything the server says stays, so that the hash covers it.
        ResultSchema,
        { timeout: timeouts.connectMs },
      );
      const { tools, nextCursor } = result;
      if (Array.isArray(tools))
        for (const raw of tools) {
          const tool = readDefinition(raw);
          if (tool !== undefined) found.push(tool);
        }
      if (typeof nextCursor !== "string") break;
      cursor = nextCursor;
    }
    return found;
  };

  return {
    name: config.name,
    async tools() {
      if (problem !== undefined || closed) return [];
      const current = (listing ??= list());
      try {
        return await current;
      } catch (error) {
        if (listing === current) listing = undefined;
        if (!isClosed()) giveUp(wordsOf(error));
        return [];
      }
    },
    async call(tool, input, signal) {
      if (problem !== undefined || closed)
        throw failed(config.name, problem ?? "It is closed.");
      try {
        const result = await (
          await client()
        ).callTool(
          {
            name: tool,
            // Models send objects; anything else is the server's to refuse.
            arguments: (input ?? {}) as Record<string, unknown>,
          },
          undefined,
          { signal, timeout: timeouts.callMs },
        );
        return { ok: result.isError !== true, text: resultText(result) };
      } catch (error) {
        signal.throwIfAborted();
        throw failed(config.name, wordsOf(error), error);
      }
    },
    problem: () => problem,
    async close() {
      closed = true;
      const open = connecting;
      if (open === undefined) return;
      // One that never came up has nothing to close.
      await open.then((connected) => connected.close()).catch(() => undefined);
    },
  };
}

function failed(server: string, why: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "mcp-failed",
    `The MCP server ${server} did not do it: ${why}`,
    "The team works on without it; look at its entry in .vscode/mcp.json.",
    { cause },
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
