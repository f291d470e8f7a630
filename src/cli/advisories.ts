import { readAdvisories } from "../adapters/evidence/advisories.ts";
import {
  PUBLISHED,
  updateAdvisories,
} from "../adapters/evidence/updateAdvisories.ts";
import { advisoriesFile } from "./places.ts";

/** Says which file of known vulnerabilities is used, and how old it is; 2 when there is none. */
export async function showAdvisories(): Promise<number> {
  const file = advisoriesFile();
  const read = await readAdvisories(file);
  console.log(
    read.ok
      ? `${file}: ${String(Object.keys(read.advisories).length)} components, as of ${new Date(read.at).toISOString().slice(0, 10)}.`
      : read.why,
  );
  return read.ok ? 0 : 2;
}

/** Keeps what `from` holds, an https address or a file; Retire.js's own without it. */
export async function keepAdvisories(from = PUBLISHED): Promise<number> {
  const file = advisoriesFile();
  const count = await updateAdvisories(
    from,
    file,
    new AbortController().signal,
  );
  console.log(
    `${String(count)} components are in ${file}. Reviews in this terminal use it; in VS Code, name it in the setting roundtable.advisories.`,
  );
  return 0;
}
