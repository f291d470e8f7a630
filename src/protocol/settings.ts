/** The one schema of all settings. VS Code's `roundtable.*` settings and the CLI's flags both end in this object; a test holds the manifest to it. */
import * as z from "zod";
import { TopicPattern } from "./envelope.ts";
import { FolderPath, RoleWeights } from "./rulesFile.ts";

/** One rule of routing: what is addressed to a role or skill that `match` fits goes to `to`, and where nobody of those can take it, to `fallback`. */
export const AgentRoute = z
  .object({
    /** `role:PATTERN` or `skill:PATTERN`; `*` stands for any characters. */
    match: z.string().regex(/^(?:role|skill):[A-Za-z0-9_.*-]{1,128}$/, {
      error: "must be role:PATTERN or skill:PATTERN, such as skill:nlp_*",
    }),
    /** An agent's id, `role:PATTERN`, `skill:PATTERN` or `any`. */
    to: z
      .string()
      .regex(
        /^(?:any|[a-z0-9][a-z0-9_-]{0,63}|(?:role|skill):[A-Za-z0-9_.*-]{1,128})$/,
        {
          error: "must be an agent's id, role:PATTERN, skill:PATTERN or any",
        },
      ),
    fallback: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, { error: "must be an agent's id" })
      .optional(),
  })
  .strict();
export type AgentRoute = z.infer<typeof AgentRoute>;

/** An origin, or a pattern that stands for the hosts below a name (`https://*.example.org`) or for all (`https://*`). */
const PushTarget = z
  .string()
  .max(300)
  .regex(
    /^https?:\/\/(?:\*|(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i,
    {
      error:
        "it must be an origin such as https://ci.example.org, or a pattern such as https://*.example.org",
    },
  );

export const Settings = z
  .object({
    /** Where models come from. `auto`: Claude when a key is stored, else VS Code's models, else none. */
    model: z
      .enum(["auto", "claude", "vscode", "rehearsal", "none"])
      .default("auto"),
    /** Base URL of an Anthropic-compatible endpoint; empty = Anthropic's own. */
    baseUrl: z.string().default(""),
    /** Model id or family per tier. */
    tiers: z
      .object({
        strong: z.string().default("opus"),
        middle: z.string().default("sonnet"),
        cheap: z.string().default("haiku"),
      })
      .prefault({}),
    /** Cap per mission, US$. */
    budgetUsd: z.number().min(0).max(1000).default(5),
    /** Cap per day over all missions, US$. */
    dailyBudgetUsd: z.number().min(0).max(10_000).default(20),
    turnsPerTask: z.number().int().min(1).max(500).default(50),
    minutesPerTask: z.number().min(0.1).max(600).default(60),
    /** Attempts of the line before it gives the findings to the human. */
    maxAttempts: z.number().int().min(1).max(10).default(3),
    threshold: z.number().min(0.5).max(0.999).default(0.75),
    quorum: z.number().min(0.001).max(1).default(0.6),
    maxRounds: z.number().int().min(1).max(2).default(2),
    roundMinutes: z.number().min(0.1).max(600).default(10),
    vetoRoles: z.array(z.string()).default(["security"]),
    /** Roles that must have voted, however they voted. */
    requiredRoles: z.array(z.string()).default([]),
    /** Multipliers, 0 to 3, of the weight that trust gives a role's votes. */
    weights: RoleWeights.default({}),
    /** Findings a verifier may be asked about in one decision; 0 verifies none. */
    verifications: z.number().int().min(0).max(100).default(12),
    /** Ask a senior model what the team cannot settle, before you are asked. */
    senior: z.boolean().default(true),
    /** Folder of the repository for decision records. */
    decisionRecords: FolderPath.default("docs/adr"),
    /** Commands that check the project, each an argument vector; empty = found from the project. */
    checks: z.array(z.array(z.string()).min(1)).default([]),
    /** Seconds the evidence tools may take together; the project's own checks are not among them. */
    evidenceSeconds: z.number().int().min(5).max(3600).default(120),
    /** File with known vulnerabilities in the format of Retire.js; empty = the one `roundtable advisories update` keeps. */
    advisories: z.string().default(""),
    /** Extra folders with agent role files. */
    agentFolders: z.array(z.string()).default([]),
    /** Start the MCP servers a repository names: a command of its choice, so never unasked. */
    mcp: z.boolean().default(false),
    /** Who gets what is addressed to a role or a skill; the first rule that matches counts. */
    routes: z.array(AgentRoute).max(100).default([]),
    /** Where push notifications may be sent: origins, and patterns of hosts on the public internet. None by default. */
    pushTargets: z.array(PushTarget).max(100).default([]),
    /** Topics that are shared with teammates' hubs, both ways. None by default. */
    peerTopics: z.array(TopicPattern).max(100).default([]),
    /** Base address of an OpenTelemetry collector that gets traces over OTLP/HTTP; empty = none. */
    otlpEndpoint: z.string().default(""),
    /** Which open findings of the latest review are listed in the editor's Problems panel. */
    diagnostics: z.enum(["off", "grave", "all"]).default("grave"),
    /** Days a mission stays in the log after its end; older ones are archived. 0 = for ever. */
    keepDays: z.number().min(0).max(36_500).default(0),
    /** Size of the log, MiB, from which the oldest closed missions are archived; 0 = any. */
    keepMegabytes: z.number().min(0).max(1_000_000).default(0),
  })
  .strict();
export type Settings = z.infer<typeof Settings>;
