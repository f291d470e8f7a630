import { once } from "node:events";
import { createPrinter } from "./print.ts";
import { openSession } from "./session.ts";

/** Flags of `roundtable hub`. */
export interface HubOptions {
  readonly repo: string;
  readonly port?: number;
  readonly name: string;
  readonly json?: boolean;
}

/** Runs the hub until it is interrupted. The first line of output is its address as JSON. */
export async function hub(options: HubOptions): Promise<number> {
  const session = await openSession({ repo: options.repo });
  try {
    const address = await session.app.listen({
      name: options.name,
      ...(options.port !== undefined && { port: options.port }),
    });
    process.stdout.write(`${JSON.stringify(address)}\n`);
    if (options.json !== true) {
      const printer = createPrinter(process.stdout);
      printer.line(
        `Listening on ${address.url}. The token is in ${address.tokenFile}. Ctrl+C ends it.`,
      );
    }
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    return 0;
  } finally {
    await session.dispose();
  }
}
