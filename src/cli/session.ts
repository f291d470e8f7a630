import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RoundtableError } from "../core/errors.ts";
import { Settings } from "../protocol/settings.ts";
import { openGit } from "../adapters/git/openGit.ts";
import { openRoundtable, type Roundtable } from "../world.ts";
import { stderrLog } from "./stderrLog.ts";
import { storageFor, storageOfHub, treesHome } from "./places.ts";

/** What the terminal's flags say about a run. */
export interface SessionOptions {
  readonly repo: string;
  /** Name of a hub that keeps a log of its own; the repository's own log when unset. */
  readonly hubName?: string;
  readonly model?: string;
  /** Base URL of an Anthropic-compatible endpoint. */
  readonly baseUrl?: string;
  /** Cap per mission, US$. */
  readonly budget?: number;
  /** Commands that check the project, their words separated by spaces. */
  readonly check?: readonly string[];
  /** Seconds the evidence tools may take together. */
  readonly evidenceSeconds?: number;
  /** File with known vulnerabilities in the format of Retire.js. */
  readonly advisories?: string;
  /** Start the MCP servers the repository names. */
  readonly mcp?: boolean;
  /** Origins that push notifications may be sent to. */
  readonly pushTarget?: readonly string[];
  /** Rules of routing as `MATCH=TO` or `MATCH=TO,FALLBACK`. */
  readonly route?: readonly string[];
  readonly verbose?: boolean;
  /** Time between pieces of the rehearsal's speech, ms. */
  readonly paceMs?: number;
}

/** An app over one repository, as the terminal holds it. */
export interface Session extends Roundtable {
  /** The repository's root. */
  readonly root: string;
}

/** Folder with the files that ship beside the program; src/cli and dist/chunks, where the bundle puts this, are equally deep. */
export const MEDIA = fileURLToPath(new URL("../../media", import.meta.url));

/** Opens log, adapters and app for the repository at `repo`; whoever opens it disposes it. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const textLog = stderrLog(options.verbose === true);
  const settings = settingsOf(options);
  const trees = treesHome();
  // The repository is found before anything is written.
  const { root } = await openGit({ home: trees, textLog }).inspect(
    options.repo,
  );
  const opened = await openRoundtable({
    storage:
      options.hubName === undefined
        ? storageFor(root)
        : storageOfHub(root, options.hubName),
    ...(options.hubName !== undefined && { hubName: options.hubName }),
    trees,
    media: MEDIA,
    root,
    settings,
    textLog,
    apiKey: () => Promise.resolve(process.env["ANTHROPIC_API_KEY"] ?? ""),
    ...(options.paceMs !== undefined && { paceMs: options.paceMs }),
  });
  return { ...opened, root };
}

/** One rule; what does not fit is told by the settings' own check. */
function routeOf(rule: string): object {
  const [match = "", rest = ""] = rule.split("=", 2);
  const [to = "", fallback] = rest.split(",", 2);
  return { match, to, ...(fallback !== undefined && { fallback }) };
}

function settingsOf({
  model,
  baseUrl,
  budget,
  check,
  evidenceSeconds,
  advisories,
  mcp,
  pushTarget,
  route,
}: SessionOptions): Settings {
  const parsed = Settings.safeParse({
    // A server's command comes from the repository: in a terminal nobody has said yet that it is trusted.
    mcp: mcp === true,
    otlpEndpoint: process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "",
    ...(model !== undefined && { model }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(budget !== undefined && { budgetUsd: budget }),
    ...(evidenceSeconds !== undefined && { evidenceSeconds }),
    ...(advisories !== undefined && { advisories: resolve(advisories) }),
    ...(pushTarget !== undefined && { pushTargets: pushTarget }),
    ...(route !== undefined && { routes: route.map(routeOf) }),
    ...(check !== undefined && {
      checks: check.map((line) =>
        line.split(" ").filter((word) => word !== ""),
      ),
    }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RoundtableError(
    "bad-settings",
    `The option for ${issue?.path.join(".") ?? "a setting"} is not usable: ${issue?.message ?? "unknown"}.`,
    "Nothing was started. Correct the option; `roundtable --help` lists them.",
  );
}
