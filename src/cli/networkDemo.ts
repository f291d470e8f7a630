/** `roundtable demo network`: three hubs in one go, what one would type in three terminals. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readDiscovery } from "../app.ts";
import { RoundtableError, toProblem } from "../core/errors.ts";
import { JobOpened, JobShown } from "../protocol/jobs.ts";
import { makeSample } from "../world.ts";
import { startHub, type HubProcess } from "./networkChild.ts";
import { curlMessage, type CurlLine } from "./networkCurl.ts";
import { deskOf, until } from "./peerDesk.ts";
import { createPrinter, type Printer } from "./print.ts";
import { stderrLog } from "./stderrLog.ts";

/** Longest that everything together may take, ms. */
const MOST_MS = 120_000;
const NAMES = ["Server-A", "Server-B", "Server-C"] as const;
const FIRST_PORT = 5001;
/** Time between pieces of the rehearsal's speech, ms: so that there is something to interrupt. */
const PACE_MS = 25;

const FIRST_JOB =
  "coordinate Look at the order form; Check the prices; Read the error messages; List what has no test";
const SECOND_JOB = [
  ...[
    "Name a risk of the shop's checkout:",
    "- prices",
    "- discounts",
    "- tax",
  ],
  ...["- stock", "- rounding", "- refunds", "- e-mail", "- invoices"],
].join("\n");

/** What `--json` prints at the end. */
interface Shown {
  hubs: { name: string; url: string }[];
  coordinated: string;
  statusReport: string;
  /** Completion events of the first job, as each hub printed them. */
  seen: Record<string, string[]>;
  takeover: { killed: string; by: string; term: number; parts: number };
  ms: number;
}

/** Starts three hubs, connects them, asks them with curl, and ends the coordinator in the middle of a job; returns the exit code. */
export async function demoNetwork(options: {
  readonly json?: boolean;
}): Promise<number> {
  const json = options.json === true;
  const printer = createPrinter(json ? process.stderr : process.stdout);
  const over = new AbortController();
  const interrupt = (): void => {
    over.abort(
      new RoundtableError("stopped", "Interrupted.", "Nothing is left behind."),
    );
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const late = setTimeout(() => {
    over.abort(
      new RoundtableError(
        "hub-failed",
        "The demo took too long.",
        "This machine may be very busy; try again when it is not.",
      ),
    );
  }, MOST_MS);
  const home = await mkdtemp(join(tmpdir(), "roundtable-network-"));
  const hubs: HubProcess[] = [];
  const news = new AbortController();
  try {
    const shown = await play({
      ...{ home, hubs, printer },
      signal: over.signal,
      tell: (line) => {
        if (!news.signal.aborted) printer.line(line);
      },
    });
    news.abort();
    if (json) process.stdout.write(`${JSON.stringify(shown)}\n`);
    return 0;
  } catch (error) {
    const { message, next } = toProblem(error);
    process.stderr.write(`roundtable: ${message}\n${next}\n`);
    return over.signal.aborted ? 1 : 2;
  } finally {
    clearTimeout(late);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await Promise.allSettled(hubs.map((hub) => hub.end()));
    await rm(home, { recursive: true, force: true });
  }
}

interface Stage {
  readonly home: string;
  /** Started so far; whoever called ends them. */
  readonly hubs: HubProcess[];
  readonly printer: Printer;
  readonly signal: AbortSignal;
  /** Prints a line of a hub, until the demo is over. */
  tell(line: string): void;
}

async function play(stage: Stage): Promise<Shown> {
  const { printer, signal } = stage;
  const began = performance.now();
  printer.line("Three hubs of one team, each a process of its own. Rehearsal:");
  printer.line("no model is called; links, keys, rooms and votes are real.");
  const [a, b, c] = await startAll(stage);

  printer.heading("1. Work is spread over the hubs and gathered");
  const coordinated = await ask(a, FIRST_JOB, stage);
  printer.line();
  printer.line(coordinated);
  const all = [a, b, c];
  await Promise.all(all.map((hub) => hub.shows(/: done\.$/, signal)));
  printer.heading("Completion events, as every hub saw them");
  const seen = Object.fromEntries(
    all.map(({ address, lines }) => [
      address.name,
      lines.filter((line) => / done by /.test(line)),
    ]),
  );
  for (const [name, events] of Object.entries(seen))
    printer.line(`${name}: ${String(events.length)} of 4`);

  printer.heading("2. One report over all of them");
  const statusReport = await ask(a, "status report", stage);
  printer.line();
  printer.line(statusReport);

  printer.heading("3. The coordinator dies in the middle of a job");
  const takeover = await takeOver([a, b, c], stage);
  const ms = Math.round(performance.now() - began);
  printer.heading(`Done in ${(ms / 1000).toFixed(0)} s; all hubs end now.`);
  const hubs = all.map(({ address: { name, url } }) => ({ name, url }));
  return { hubs, coordinated, statusReport, seen, takeover, ms };
}

async function startAll(
  stage: Stage,
): Promise<readonly [HubProcess, HubProcess, HubProcess]> {
  const { home, hubs, printer, signal } = stage;
  const repo = join(home, "tea-shop");
  await mkdir(repo);
  await makeSample({
    dir: repo,
    trees: join(home, "trees"),
    textLog: stderrLog(false),
  });
  const start = async (at: number): Promise<HubProcess> => {
    const name = NAMES[at] ?? "";
    const port = (await isFree(FIRST_PORT + at)) ? FIRST_PORT + at : 0;
    const urls = hubs.map(({ address }) => address.url);
    const typed = [
      ...["--port", String(port), "--name", name],
      ...(urls.length === 0 ? [] : ["--connect", urls.join(",")]),
      ...["--model", "rehearsal"],
    ];
    printer.line();
    printer.line(`$ roundtable hub ${typed.join(" ")}`);
    const hub = await startHub({
      args: [...typed, "--repo", repo, "--pace", String(PACE_MS)],
      home: join(home, "state"),
      onLine: (line) => {
        if (isNews(line)) stage.tell(`  [${name}] ${line}`);
      },
      signal,
    });
    hubs.push(hub);
    for (const { address } of hubs.slice(0, -1))
      await hub.shows(new RegExp(`^Connected to ${address.name}:`), signal);
    return hub;
  };
  return [await start(0), await start(1), await start(2)];
}

/** What a hub prints about others; its address and its curl lines are shown elsewhere. */
function isNews(line: string): boolean {
  return /^(?:Job |Connected |Server-\S+ is )/.test(line);
}

async function takeOver(
  [a, b, c]: readonly [HubProcess, HubProcess, HubProcess],
  { printer, signal }: Stage,
): Promise<Shown["takeover"]> {
  const desk = deskOf(await readDiscovery(a.address.tokenFile));
  const { room } = JobOpened.parse(
    await desk.ask("peers/coordinate", {
      goal: SECOND_JOB,
      hubs: [b.address.name, c.address.name],
    }),
  );
  const job = room.slice(-6);
  await b.shows(new RegExp(`^Job ${job}: p\\d+ done by `), signal);
  await a.kill();
  printer.line(`  ${a.address.name} was killed.`);
  const other = deskOf(await readDiscovery(b.address.tokenFile));
  const ended = await until(async () => {
    const shown = JobShown.parse(await other.ask("peers/job", { room }));
    return shown.done ? shown : undefined;
  }, signal);
  await Promise.all(
    [b, c].map((hub) => hub.shows(new RegExp(`^Job ${job}: done`), signal)),
  );
  const { name = "nobody", term = 0 } = ended.coordinator ?? {};
  const parts = ended.parts.filter(({ state }) => state === "done").length;
  printer.line();
  printer.line(
    `${name} took over in term ${String(term)}: ${String(parts)} of ${String(ended.parts.length)} parts are done and gathered.`,
  );
  return { killed: a.address.name, by: name, term, parts };
}

/** Prints a line of curl, runs it, and returns the text of the answer's artifact. */
async function ask(
  hub: HubProcess,
  text: string,
  { printer, signal }: Stage,
): Promise<string> {
  const { url, tokenFile } = hub.address;
  const header = join(tokenFile, "..", "authorization");
  const request = curlMessage(url, header, text);
  printer.line(`$ ${request.line}`);
  // What the hubs print of it comes first.
  const answer = await send(request, hub, signal);
  await pause(0);
  return textOf(answer);
}

async function send(
  { args }: CurlLine,
  { address }: HubProcess,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await outputOf("curl", args, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT"))
      throw error;
  }
  // A machine without curl: the same request.
  const { url, token } = await readDiscovery(address.tokenFile);
  const response = await fetch(`${url}/rpc`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: args.at(-1) ?? "",
    signal,
  });
  return response.text();
}

function outputOf(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "inherit"],
    signal,
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      resolve(out);
    });
  });
}

/** The text of the first artifact of a task of A2A 0.3. */
function textOf(answer: string): string {
  const { result } = JSON.parse(answer) as {
    readonly result?: {
      readonly artifacts?: readonly {
        readonly parts: readonly { readonly text?: string }[];
      }[];
    };
  };
  const text = result?.artifacts?.[0]?.parts[0]?.text;
  if (text !== undefined) return text;
  throw new RoundtableError(
    "hub-failed",
    `The hub gave no artifact: ${answer.slice(0, 500)}`,
    "Everything that was started here is ended again.",
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
