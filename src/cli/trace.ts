import { callHub } from "../app.ts";
import { sha256 } from "../adapters/clock/sha256.ts";
import { duration } from "../core/duration.ts";
import { isProblem, RoundtableError } from "../core/errors.ts";
import { dollars } from "../core/money.ts";
import { foldTrace } from "../core/views/trace.ts";
import { traceTree, type Branch } from "../core/views/trace/tree.ts";
import { traceOf } from "../core/views/trace/window.ts";
import { Trace, type Span } from "../protocol/trace.ts";
import { openBook, type LogBook } from "./logBook.ts";
import { createPrinter } from "./print.ts";
import { findRunning, type HubChoice } from "./runningHub.ts";

/** Flags of `roundtable trace`. */
export interface TraceOptions extends HubChoice {
  /** A log's file, instead. */
  readonly file?: string;
  readonly json?: boolean;
}

const PAGE = 1000;

/** Shows the path of a mission, task or message through the agents; returns the exit code. A hub that runs is asked, else the log is read. */
export async function showTrace(
  id: string,
  options: TraceOptions,
): Promise<number> {
  const hub =
    options.file === undefined ? await findRunning(options) : undefined;
  const trace =
    hub === undefined
      ? await read(id, options)
      : Trace.parse(await callHub(hub, "trace/get", { id }));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(trace)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  printer.heading(`${trace.missionId}  trace ${trace.traceId}`);
  const branches = traceTree(trace.spans);
  const width = Math.max(...branches.map((branch) => label(branch).length));
  for (const branch of branches)
    printer.line(
      `${label(branch).padEnd(width)}  ${facts(branch.span)}`.trimEnd(),
    );
  if (trace.hidden > 0)
    printer.line(
      `${String(trace.hidden)} more, left out; ask for one task to see its own.`,
    );
  return 0;
}

async function read(id: string, options: TraceOptions): Promise<Trace> {
  const { repo, file } = options;
  const book = await openBook({ repo, ...(file !== undefined && { file }) });
  try {
    const missionId = missionOf(book, id) ?? id;
    const fold = foldTrace(missionId, sha256, true);
    for (const event of await book.mission(missionId)) fold.apply(event);
    const { traceId } = fold;
    const trace = traceOf({ missionId, traceId, spans: fold.spans() }, id);
    if (trace !== undefined) return trace;
  } catch (error) {
    if (!isProblem(error, "bad-intent")) throw error;
  } finally {
    await book.dispose();
  }
  throw new RoundtableError(
    "bad-intent",
    `Nothing in this log has the id "${id}".`,
    "`roundtable log` lists the missions; `roundtable log --mission ID --json` has the ids of tasks and messages.",
  );
}

/** The mission or conversation a task or message is of; undefined where the log has none such. */
function missionOf({ log }: LogBook, id: string): string | undefined {
  if (log === undefined || log.read({ missionId: id, limit: 1 }).length > 0)
    return undefined;
  for (let after = 0; ;) {
    const page = log.read({ after, limit: PAGE });
    for (const event of page) {
      if (event.type !== "TaskSubmitted" && event.type !== "MessageSent")
        continue;
      const { message } = event.data;
      if (message.messageId === id) return event.missionId;
      if ("taskId" in event.data && event.data.taskId === id)
        return event.missionId;
    }
    const last = page.at(-1);
    if (last === undefined) return undefined;
    after = last.seq;
  }
}

function label({ span, depth, last }: Branch): string {
  const stems = last
    .slice(1, -1)
    .map((isLast) => (isLast ? "   " : "│  "))
    .join("");
  const knot = depth === 0 ? "" : last.at(-1) === true ? "└─ " : "├─ ";
  return `${stems}${knot}${what(span)}`;
}

function what({ kind, name, agentId, attributes }: Span): string {
  const { from } = attributes;
  switch (kind) {
    case "task":
      return `${name}: ${typeof from === "string" ? `${from} → ` : ""}${agentId}`;
    case "message":
      return `message: ${agentId} → ${String(attributes["to"] ?? "")}`;
    case "model":
    case "tool":
      return `${kind} ${name}`;
    case "ballot":
      return `ballot of ${agentId}: ${name}`;
    default:
      return name;
  }
}

function facts({ kind, startMs, endMs, ok, attributes }: Span): string {
  const { microUsd, outcome, verdict, answer, status } = attributes;
  const said = [outcome, kind === "ballot" ? "" : verdict, answer, status].find(
    (word) => typeof word === "string",
  );
  return [
    endMs === null
      ? "under way"
      : endMs > startMs
        ? duration(endMs - startMs)
        : "",
    typeof microUsd === "number" && microUsd > 0 ? dollars(microUsd) : "",
    said ?? (ok === false ? "failed" : ""),
  ]
    .filter((word) => word !== "")
    .join("  ");
}
