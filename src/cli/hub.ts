import { once } from "node:events";
import { createPrinter } from "./print.ts";
import { openSession, type SessionOptions } from "./session.ts";

/** Flags of `roundtable hub`. */
export interface HubOptions extends SessionOptions {
  readonly port?: number;
  readonly name: string;
  readonly json?: boolean;
}

/** Runs the hub until it is interrupted; returns the exit code. The first line of output is its address as JSON. */
export async function hub(options: HubOptions): Promise<number> {
  const session = await openSession(options);
  const ended = Promise.race([
    once(process, "SIGINT"),
    once(process, "SIGTERM"),
  ]);
  try {
    const address = await session.app.listen({
      name: options.name,
      ...(options.port !== undefined && { port: options.port }),
    });
    process.stdout.write(`${JSON.stringify(address)}\n`);
    if (options.json !== true) {
      const printer = createPrinter(process.stdout);
      printer.line(`${address.name} listens on ${address.url}.`);
      printer.line(`The token is in ${address.tokenFile}.`);
      printer.line("Ctrl+C ends it.");
    }
    await ended;
    return 0;
  } finally {
    await session.dispose();
  }
}
