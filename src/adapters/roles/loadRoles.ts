import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { RoleFile } from "../../protocol/role.ts";
import { parseRole } from "./parseRole.ts";

/** Reads every `*.md` of the folders, in order of folder and file name. A later file replaces an earlier one of the same id. Rejects with `bad-role`, naming file and line. */
export async function loadRoles(
  dirs: readonly string[],
): Promise<readonly RoleFile[]> {
  const roles = new Map<string, { readonly role: RoleFile; dir: string }>();
  for (const dir of dirs) {
    for (const name of await roleFiles(dir)) {
      const file = path.join(dir, name);
      const role = parseRole(file, await readFile(file, "utf8"));
      const other = roles.get(role.id);
      if (other?.dir === dir)
        throw new RoundtableError(
          "bad-role",
          `Two agent files in ${dir} have the id "${role.id}"; the second is ${name}.`,
          "Give one of them another id.",
        );
      roles.set(role.id, { role, dir });
    }
  }
  return [...roles.values()].map(({ role }) => role);
}

async function roleFiles(dir: string): Promise<readonly string[]> {
  try {
    const names = await readdir(dir);
    return names.filter((name) => name.endsWith(".md")).sort();
  } catch (error) {
    throw new RoundtableError(
      "bad-role",
      `The folder with agent files cannot be read: ${dir}.`,
      "Check roundtable.agentFolders.",
      { cause: error },
    );
  }
}
