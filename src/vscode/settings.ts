import * as vscode from "vscode";
import { RoundtableError } from "../core/errors.ts";
import type { Settings } from "../protocol/settings.ts";

/** The settings as they are now. Rejects with `bad-settings`, naming the first that cannot be used. */
export async function readSettings(): Promise<Settings> {
  const { Settings } = await import("../protocol/settings.ts");
  const config = vscode.workspace.getConfiguration("roundtable");
  const values = Object.fromEntries(
    Object.keys(Settings.shape).map((key) => [key, config.get(key)]),
  );
  const parsed = Settings.safeParse(values);
  if (parsed.success) return Object.freeze(parsed.data);
  const [issue] = parsed.error.issues;
  throw new RoundtableError(
    "bad-settings",
    `The setting roundtable.${issue?.path.join(".") ?? ""} is not usable: ${issue?.message ?? "unknown"}.`,
    "Nothing was started. Correct it in the settings, then try again.",
  );
}
