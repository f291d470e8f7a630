import { loadRoles } from "../adapters/roles/loadRoles.ts";
import { join } from "node:path";
import { createPrinter } from "./print.ts";
import { MEDIA } from "./session.ts";

/** Lists who sits at the table; returns the exit code. */
export async function agents(options: {
  readonly json?: boolean;
}): Promise<number> {
  const roles = await loadRoles([join(MEDIA, "roles")]);
  const printer = createPrinter(process.stdout);
  if (options.json === true) {
    printer.line(JSON.stringify(roles));
    return 0;
  }
  for (const role of roles) {
    printer.heading(`${role.name} (${role.role}, ${role.tier} model)`);
    printer.line(`    ${role.description}`);
    printer.line(`    tools: ${role.tools.join(", ")}`);
  }
  return 0;
}
