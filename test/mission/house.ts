import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openGit } from "../../src/adapters/git/openGit.ts";
import { emptyTrust } from "../../src/core/trust/trust.ts";
import { drive } from "../../src/mission/drive.ts";
import type { LinePorts, Opening } from "../../src/mission/line.ts";
import { openingOf } from "../../src/mission/open.ts";
import type { EventLog, Team } from "../../src/ports.ts";
import type { Elector, Evidence } from "../../src/protocol/consensus.ts";
import type { Outcome } from "../../src/protocol/event.ts";
import { Intent } from "../../src/protocol/intent.ts";
import { Settings } from "../../src/protocol/settings.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import { seat } from "../fakes/scriptedTeam.ts";

/** A real repository and a line over it, for tests of the mission. */
export interface House extends AsyncDisposable {
  readonly repo: string;
  readonly log: EventLog;
  /** Evidence the tools will give on changes. */
  evidence: readonly Evidence[];
  open(
    intent: Record<string, unknown> & { kind: string },
    settings?: Partial<Settings>,
    /** Electors besides the seats of the scripted team. */
    guests?: readonly Elector[],
  ): Promise<Opening>;
  drive(opening: Opening, team: Team, signal?: AbortSignal): Promise<Outcome>;
  git(...args: readonly string[]): string;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
}

/** Builds a repository with one commit that holds `files`. */
export async function openHouse(
  files: Readonly<Record<string, string>> = { "a.txt": "one\ntwo\nthree\n" },
): Promise<House> {
  const dir = await mkdtemp(join(tmpdir(), "roundtable-mission-"));
  const repo = join(dir, "a repo");
  await mkdir(repo);
  const textLog = {
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const git = openGit({ home: join(dir, "trees"), textLog });
  await git.create(repo, files, "chore: start", 1_700_000_000_000);
  const log = memoryLog(systemClock);
  const chance = systemChance(systemClock);
  const house: House = {
    repo,
    log,
    evidence: [],
    open: async (raw, settings = {}, guests = []) => {
      const intent = Intent.parse({ repo, ...raw });
      if (
        intent.kind !== "build" &&
        intent.kind !== "review" &&
        intent.kind !== "question"
      )
        throw new Error("not an intent that opens a mission");
      const { dirty: _, ...ground } = await git.inspect(repo);
      const draft = openingOf(intent, ground, {
        missionId: chance.id(),
        by: "human",
        model: "played",
        electorate: [
          ...["planner", "architect", "security", "developer", "qa"].map(seat),
          ...guests,
        ],
        settings: Settings.parse(settings),
        checks: [],
      });
      return (await log.append(draft)) as Opening;
    },
    drive: (opening, team, signal = new AbortController().signal) => {
      const ports: LinePorts = {
        log,
        team,
        git,
        clock: systemClock,
        chance,
        hash: sha256,
        trust: () => emptyTrust,
        evidence: { gather: () => Promise.resolve(house.evidence) },
        runCheck: () => Promise.resolve(undefined),
      };
      return drive(opening, ports, signal);
    },
    git: (...args) =>
      execFileSync("git", ["-C", repo, ...args], { encoding: "utf8" }),
    write: (path, text) => writeFile(join(repo, path), text),
    read: (path) => readFile(join(repo, path), "utf8"),
    [Symbol.asyncDispose]: async () => {
      await log.dispose();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return house;
}

/** Answers the next request for a ruling on `subject` as the human. */
export async function ruleAs(
  log: EventLog,
  missionId: string,
  subject: "plan" | "change" | "question",
  verdict: "approve" | "reject" | "requestChanges" | "overrule",
  reason = "",
): Promise<void> {
  const { data } = await log.waitFor(
    missionId,
    "RulingAsked",
    (event) =>
      event.data.subject === subject &&
      !log
        .mission(missionId)
        .some(
          (other) =>
            other.type === "HumanRuled" &&
            other.data.decisionId === event.data.decisionId,
        ),
    AbortSignal.timeout(20_000),
  );
  await log.append({
    missionId,
    type: "HumanRuled",
    by: "human",
    data: {
      decisionId: data.decisionId,
      artifactHash: data.artifactHash,
      verdict,
      reason,
      by: "human",
    },
  });
}
