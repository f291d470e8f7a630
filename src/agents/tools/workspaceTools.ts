import { diagnostics } from "./diagnostics.ts";
import { editFile } from "./editFile.ts";
import { listFiles } from "./listFiles.ts";
import { readFile } from "./readFile.ts";
import { removeFile } from "./removeFile.ts";
import { runCheck } from "./runCheck.ts";
import { search } from "./search.ts";
import type { Tool } from "./tool.ts";
import { writeFile } from "./writeFile.ts";

const TOOLS: readonly Tool[] = [
  diagnostics,
  editFile,
  listFiles,
  readFile,
  removeFile,
  runCheck,
  search,
  writeFile,
];

/** The tools of a workspace: all of them where files may be edited, else those that only read. */
export function workspaceTools(writable: boolean): readonly Tool[] {
  return TOOLS.filter((tool) => writable || !tool.needsWritable);
}
