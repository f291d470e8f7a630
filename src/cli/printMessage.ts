import type { Message } from "../app.ts";
import { harmless } from "./text.ts";

/** Prints a message on one line: when, who, to whom, what; or as JSON. */
export function printMessage(
  message: Message,
  { json }: { readonly json?: boolean },
): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(message)}\n`);
    return;
  }
  const { header, payload } = message;
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const said = [
    new Date(header.at ?? Date.now()).toTimeString().slice(0, 8),
    `${header.from ?? "?"} → ${header.to}`,
    ...(header.type === "event" ? [] : [`(${header.type})`]),
    text,
  ].join("  ");
  process.stdout.write(`${harmless(said).replaceAll("\n", "\n  ")}\n`);
}
