import { join } from "node:path";
import { loadRoles } from "../adapters/roles/loadRoles.ts";
import { createPrinter } from "./print.ts";
import { MEDIA } from "./session.ts";

/** Lists who sits at the table; returns the exit code. */
export async function agents(options: {
  readonly json?: boolean;
}): Promise<number> {
  const roles = await loadRoles([join(MEDIA, "roles")]);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(roles)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  for (const { name, role, tier, description, tools } of roles) {
    printer.line(`${name.padEnd(10)} ${role}, ${tier} model`);
    printer.line(`${" ".repeat(10)} ${description}`);
    printer.line(`${" ".repeat(10)} tools: ${tools.join(", ")}`);
  }
  return 0;
}
