import { statusParts, type StatusPart } from "../core/views/status.ts";
import { RoundtableError } from "../core/errors.ts";
import { HubStatus } from "../protocol/status.ts";
import { createPrinter } from "./print.ts";
import { runningHub, type HubChoice } from "./runningHub.ts";

/** Flags of `roundtable status`. */
export interface StatusOptions extends HubChoice {
  readonly json?: boolean;
}

/** How long a hub may take to answer, ms. */
const PATIENCE_MS = 10_000;

/** Shows how a running hub does; returns the exit code. */
export async function showStatus(options: StatusOptions): Promise<number> {
  const hub = await runningHub(options);
  const status = await ask(hub);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(status)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  printer.heading(`${status.name} at ${hub.url}`);
  for (const part of statusParts(status)) {
    printer.line();
    if (part.head.some((name) => name !== "")) printer.line(part.title);
    for (const row of aligned(part)) printer.line(`  ${row}`);
  }
  return 0;
}

async function ask(hub: {
  readonly url: string;
  readonly token: string;
}): Promise<HubStatus> {
  try {
    const response = await fetch(`${hub.url}/status`, {
      redirect: "error",
      headers: { authorization: `Bearer ${hub.token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return HubStatus.parse(await response.json());
  } catch (cause) {
    throw new RoundtableError(
      "hub-failed",
      `The hub at ${hub.url} does not tell its status.`,
      "Nothing was changed. It may be of another version, or just ending; try again.",
      { cause },
    );
  }
}

/** Rows with columns below each other. */
function aligned({ head, rows }: StatusPart): readonly string[] {
  const all = head.every((name) => name === "") ? rows : [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
