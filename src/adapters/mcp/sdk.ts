/** The one place that loads the MCP SDK; imported only when a server is used, so that it stays out of what every start loads. */
import {
  getDefaultEnvironment,
  StdioClientTransport,
} from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { McpServerConfig } from "./config.ts";

export { Client } from "@modelcontextprotocol/sdk/client/index.js";
export {
  ResultSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";

/** A way to the server, not yet started. Servers on stdio get the few variables every program needs and what their entry names, never our own environment. */
export function transportOf(
  config: McpServerConfig,
  onStderr: (text: string) => void,
): Transport {
  switch (config.kind) {
    case "stdio": {
      const { command, args, env, cwd } = config;
      const transport = new StdioClientTransport({
        command,
        args: [...args],
        cwd,
        env: { ...getDefaultEnvironment(), ...env },
        stderr: "pipe",
      });
      transport.stderr?.on("data", (chunk: Buffer) => {
        onStderr(chunk.toString("utf8"));
      });
      return transport;
    }
    case "http":
      return new StreamableHTTPClientTransport(new URL(config.url), {
        requestInit: { headers: { ...config.headers } },
      });
    case "unusable":
      throw new Error(config.why);
  }
}
