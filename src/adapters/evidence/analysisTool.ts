/** Runs an analysis in a process of its own, so that nothing it does holds up the app and its end is certain. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Analysis, AnalysisName } from "./analyses.ts";
import type { Answer, Question } from "./analysisWire.ts";
import { isGenerated } from "./generated.ts";
import {
  notRead,
  verdict,
  type ChangedFile,
  type EvidenceTool,
  type Seen,
  type Texts,
} from "./tool.ts";

/** Heap of an analysis, MB; one that needs more ends, and is an ERROR. */
const HEAP_MB = 768;

/** Beside this file in the sources; in the bundle in a folder of its own. */
const CHILD = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts")
      ? "./analysisChild.ts"
      : "../evidence/analysisChild.js",
    import.meta.url,
  ),
);

/** The tool that gives an analysis its texts and waits for what it saw. `inTurn` bounds how many processes there are at once. */
export function analysisTool(
  analysis: Analysis & { readonly name: AnalysisName },
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
  heapMb = HEAP_MB,
): EvidenceTool {
  const { name, required, reads } = analysis;
  return {
    name,
    required,
    look: async ({ files, added, cut, signal }) => {
      const all = files.filter(({ path }) => reads.test(path));
      const mine = all.filter(
        (file) => (file.before ?? file.after) !== undefined,
      );
      const unread = all.filter(isMissed).map(({ path }) => path);
      const question = { name, files: mine, added, cut };
      const seen =
        mine.length === 0 && !cut
          ? [verdict([], "Nothing changed that it reads.", () => "")]
          : await inTurn(() => analyse(question, heapMb, signal));
      return unread.length === 0 ? seen : seen.map((one) => less(one, unread));
    },
  };
}

/** A file that somebody wrote and that has no text here, because of its size or because nothing could be read. */
function isMissed({
  path,
  after,
  before,
  status,
  unread,
}: ChangedFile): boolean {
  if (status === "deleted" || isGenerated(path)) return false;
  return unread === undefined
    ? (after ?? before) === undefined
    : unread === "large" && after === undefined;
}

/** What was seen, when there are files it was not seen in: no pass. */
function less(seen: Seen, unread: readonly string[]): Seen {
  const files =
    notRead(
      unread.map((path) => `${path} is too large or could not be opened`),
    ) ?? "";
  const summary = `${seen.summary} ${files}`.slice(0, 2000);
  return seen.status === "PASS"
    ? { ...seen, status: "NOT_RUN", summary }
    : { ...seen, summary };
}

/** Rejects with the signal's reason when aborted, and when the process ends without an answer; it is gone by then. */
function analyse(
  question: Question,
  heapMb: number,
  signal: Texts["signal"],
): Promise<readonly Seen[]> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = fork(CHILD, {
      execArgv: [`--max-old-space-size=${String(heapMb)}`],
      env: childEnvironment(),
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4000);
    });
    const stop = (): void => {
      child.kill("SIGKILL");
    };
    signal.addEventListener("abort", stop, { once: true });
    let answer: Answer | undefined;
    child.once("message", (message) => {
      // Only our own code runs there.
      answer = message as Answer;
    });
    child.once("error", (cause) => {
      stop();
      reject(new Error(`its process could not be started: ${cause.message}`));
    });
    child.once("close", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(reasonOf(signal));
      else if (answer === undefined)
        reject(new Error(why(code, killedBy, said, heapMb)));
      else if (answer.ok) resolve(answer.seen);
      else reject(new Error(answer.message));
    });
    child.send(question, (error) => {
      if (error !== null) stop();
    });
  });
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

function why(
  code: number | null,
  killedBy: NodeJS.Signals | null,
  said: string,
  heapMb: number,
): string {
  if (/heap out of memory|allocation failed/iu.test(said))
    return `it needed more than ${String(heapMb)} MB of memory`;
  const line = said.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  return `its process ended without an answer (${killedBy ?? `exit code ${String(code)}`})${line === "" ? "" : `: ${line}`}`;
}

/** Nothing of the app's environment, so no key either; an editor's own executable runs as plain Node. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return {
    ELECTRON_RUN_AS_NODE: "1",
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
  };
}
