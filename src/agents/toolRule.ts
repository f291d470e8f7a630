import {
  lifecycleScriptsChanged,
  rulePath,
  ruleTool,
  type PolicyRuling,
} from "../core/policy.ts";
import type { Workspace } from "../ports.ts";
import type { RoleFile } from "../protocol/role.ts";
import type { Work } from "../protocol/work.ts";
import { commandSubject } from "./commandGate.ts";
import { roleMayUse } from "./role.ts";
import type { PreparedCall, Tool, Touch } from "./tools/tool.ts";

/** What a ruling depends on. */
export interface RuleContext {
  readonly role: RoleFile;
  readonly work: Work;
  readonly workspace: Pick<Workspace, "read">;
  /** MCP tools the human allowed for the mission, by name: hash of the definition. */
  readonly approved: ReadonlyMap<string, string>;
}

const STRICTNESS = { allow: 0, ask: 1, deny: 2 } as const;

/** What the rules say of one understood call: the strictest of all that apply, the most specific of equals. */
export async function ruleCall(
  tool: Tool,
  call: PreparedCall,
  context: RuleContext,
): Promise<PolicyRuling> {
  const { role, work, approved } = context;
  if (!roleMayUse(role, tool.roleName ?? tool.spec.name))
    return { ruling: "deny", rule: `role:${role.role}` };
  if (tool.needsWritable && !work.writable)
    return { ruling: "deny", rule: "read-only-work" };
  const rulings = [
    { ruling: "allow", rule: "role" } as const,
    ...call.touches.map(({ path, access }) => rulePath(path, access)),
    ...(call.argv === undefined ? [] : [ruleArgv(tool, call.argv, work)]),
    ...(call.pin === undefined ? [] : [ruleTool(call.pin, approved)]),
  ];
  const strictest = rulings.reduce((worst, next) =>
    STRICTNESS[next.ruling] >= STRICTNESS[worst.ruling] ? next : worst,
  );
  // What a file would say is looked at only where its name alone is allowed.
  return strictest.ruling === "allow" &&
    (await addsLifecycleScript(call.touches, context))
    ? { ruling: "ask", rule: "lifecycle-script" }
    : strictest;
}

/** The command gate holds or asks for what may run at all; here only what was not agreed on is stopped. */
function ruleArgv(
  tool: Tool,
  argv: readonly string[],
  work: Work,
): PolicyRuling {
  const agreed =
    tool.spec.name !== "run_check" ||
    (work.kind === "implement" &&
      work.checks.some(
        (check) => commandSubject(check) === commandSubject(argv),
      ));
  return agreed
    ? { ruling: "allow", rule: "agreed-command" }
    : { ruling: "ask", rule: "not-a-check" };
}

async function addsLifecycleScript(
  touches: readonly Touch[],
  { workspace }: RuleContext,
): Promise<boolean> {
  for (const touch of touches) {
    if (touch.after === undefined) continue;
    if (!/(?:^|\/)package\.json[. ]*$/i.test(touch.path)) continue;
    const before = await textOf(workspace, touch.path);
    const after = touch.after(before);
    if (after !== undefined && lifecycleScriptsChanged(before, after))
      return true;
  }
  return false;
}

async function textOf(
  workspace: Pick<Workspace, "read">,
  path: string,
): Promise<string | undefined> {
  try {
    return await workspace.read(path);
  } catch {
    // A file that cannot be read counts as new, which is the stricter reading.
    return undefined;
  }
}
