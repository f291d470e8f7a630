/** What a repository may say about the protocol in `.roundtable/rules.yaml`. Each description ends the sentence "… must be". */
import * as z from "zod";

/** Largest rules file that is read, bytes. */
export const MAX_RULES_BYTES = 65_536;

const role = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u)
  .describe("the name of a role, such as security");
const roles = z
  .array(role)
  .max(20)
  .describe("a list of roles, such as [security, qa]");
const threshold = z
  .number()
  .min(0.5)
  .max(0.999)
  .describe("a number from 0.5 to 0.999");

/** A pattern for paths: `*` and `?` within a name, `**` across folders; without a slash it fits in every folder, and a folder's pattern fits what is in it. */
const Glob = z
  .string()
  .max(256)
  .regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^!\\{}[\]\p{Cc}]+$/u)
  .describe(
    "a pattern of paths with *, ** and ?, such as src/auth/** or *.sql; not !, \\, .., { } or [ ]",
  );

/** Changes or goals of one kind, and what is asked of the team for them on top of the rules. */
export const RuleLabel = z
  .strictObject({
    paths: z
      .array(Glob)
      .max(50)
      .describe("a list of patterns of paths, such as [src/auth/**]")
      .optional(),
    words: z
      .array(
        z
          .string()
          .min(1)
          .max(100)
          .describe("a word or a few, 1 to 100 characters"),
      )
      .max(50)
      .describe("a list of words of goals, such as [login, password]")
      .optional(),
    required: roles.optional(),
    veto: roles.optional(),
    threshold: threshold.optional(),
  })
  .refine(
    ({ paths = [], words = [] }) => paths.length + words.length > 0,
    "paths or words, or it never fits",
  )
  .describe(
    "keys and values: paths and words that fit, and required, veto or threshold",
  );
export type RuleLabel = z.infer<typeof RuleLabel>;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i)
  .describe("a name of letters, digits, - and _");

/** A multiplier of the weight that trust gives a role's votes. */
export const RoleWeights = z
  .record(role, z.number().min(0).max(3).describe("a number from 0 to 3"))
  .describe("roles with numbers from 0 to 3, such as { security: 1.5 }");

/** A folder below the root of the repository. */
export const FolderPath = z
  .string()
  .max(200)
  .regex(
    /^(?!\/|[A-Za-z]:|.*(?:^|\/)\.{1,2}(?:\/|$))[^\\\p{Cc}:*?"<>|[\]{}()]*[^\\\p{Cc}:*?"<>|[\]{}()/. ]\/?$/u,
    "a folder of the repository, such as docs/adr; not an absolute path, and without . or ..",
  )
  .describe(
    "a folder of the repository, such as docs/adr; not an absolute path, and without . or ..",
  );

/** The rules file. What it leaves out is as in the settings. Money and permissions are no matter of a repository and have no key here. */
export const RulesFile = z
  .strictObject({
    threshold: threshold.optional(),
    quorum: z
      .number()
      .min(0.001)
      .max(1)
      .describe("a number from 0.001 to 1")
      .optional(),
    rounds: z.number().int().min(1).max(2).describe("1 or 2").optional(),
    roundMinutes: z
      .number()
      .min(0.1)
      .max(600)
      .describe("a number of minutes from 0.1 to 600")
      .optional(),
    weights: RoleWeights.optional(),
    veto: roles.optional(),
    required: roles.optional(),
    verifications: z
      .number()
      .int()
      .min(0)
      .max(100)
      .describe("a whole number from 0 to 100")
      .optional(),
    senior: z.boolean().describe("true or false").optional(),
    labels: z
      .record(name, RuleLabel)
      .refine((labels) => Object.keys(labels).length <= 50, "at most 50 labels")
      .describe("names of labels, each with its own keys and values")
      .optional(),
    evidence: z
      .strictObject({
        required: z
          .array(name.describe("the name of an evidence tool"))
          .max(30)
          .describe("a list of evidence tools, such as [secrets]")
          .optional(),
        seconds: z
          .number()
          .min(1)
          .max(3600)
          .describe("a number of seconds from 1 to 3600")
          .optional(),
      })
      .describe("keys and values: required and seconds")
      .optional(),
    decisionRecords: FolderPath.optional(),
  })
  .describe("keys and values, such as threshold: 0.8");
export type RulesFile = z.infer<typeof RulesFile>;

/** What a mission runs under besides its `Rules`, fixed when it opens. */
export const HouseRules = z.object({
  /** Revision the rules file was read from; left out where there was none. */
  from: z.string().optional(),
  labels: z.array(
    z.object({
      name: z.string(),
      paths: z.array(z.string()),
      words: z.array(z.string()),
      required: z.array(z.string()),
      veto: z.array(z.string()),
      /** Per mille; a label never lowers the threshold. */
      threshold: z.number().int().min(500).max(999).optional(),
    }),
  ),
  evidence: z.object({
    /** Tools that must pass although they are not required by themselves. */
    required: z.array(z.string()),
    /** Time all tools together may take. */
    seconds: z.number().optional(),
  }),
  /** Folder for decision records. */
  decisionRecords: z.string(),
});
export type HouseRules = z.infer<typeof HouseRules>;
