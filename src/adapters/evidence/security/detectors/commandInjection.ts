import type { Node } from "@babel/types";
import { resolved } from "../aliases.ts";
import type { Detector, Place } from "../hit.ts";
import {
  bare,
  isCall,
  propertyOf,
  isMember,
  quote,
  shapeOf,
  stringOf,
  verbOf,
  type Call,
} from "../nodes.ts";

/** Commands that a shell reads and that are put together from values. */
export const commandInjection: Detector = (place) => {
  const { outlined, unit, flow } = place;
  const { source } = outlined;
  return unit.nodes.flatMap((node) => {
    if (!isCall(node)) return [];
    const command = shellCommand(node, place);
    if (command === undefined || flow.fixed(command)) return [];
    const built = isBuilt(command, place);
    const tainted = flow.tainted(command);
    if (!built && !tainted) return [];
    return [
      {
        rule: "command-injection" as const,
        node,
        key: shapeOf(source, node).slice(0, 200),
        severity: built && tainted ? ("high" as const) : ("medium" as const),
        claim: tainted
          ? `A value from outside reaches a shell in \`${quote(source, node)}\`: characters such as ; | $() in it run commands. Pass an array of arguments to execFile or spawn without a shell.`
          : `A shell command is put together from values in \`${quote(source, node)}\`; what is not quoted for the shell can run commands.`,
      },
    ];
  });
};

/** The expression that a shell will read, when a call starts one. */
export function shellCommand(
  call: Call,
  { aliases, unit }: Place,
): Node | undefined {
  const callee = resolved(call.callee, aliases) ?? "";
  const [first, second, third] = call.arguments;
  if (first === undefined) return undefined;
  if (SHELL.test(callee)) return first;
  if (
    /^(?:exec|execSync|execAsync|execPromise|execP|shellExec|runCommand)$/.test(
      callee,
    ) &&
    !aliases.has(callee)
  )
    return first;
  if (RUNNERS.test(verbOf(call))) {
    const command = call.arguments.find((one) => startsProgram(one));
    if (command !== undefined) return command;
  }
  if (!RUNS.test(callee)) return undefined;
  const program = stringOf(first);
  if (
    program !== undefined &&
    /^(?:.*\/)?(?:sh|bash|zsh|dash|cmd|cmd\.exe|powershell(?:\.exe)?|osascript)$/u.test(
      program,
    )
  )
    return lastOf(second);
  return [second, third].some((options) => usesShell(options, unit.nodes))
    ? withArguments(first, second)
    : undefined;
}

const SHELL =
  /^(?:child_process(?:\.default)?\.(?:exec|execSync)|shelljs\.exec|shell\.exec|cp\.exec|cp\.execSync|execa\.(?:command|commandSync|shell|execaCommand|execaCommandSync)|npm-run\.exec|npm-run\.execSync|.*\.execSync)$/;
const RUNS =
  /(?:^|\.)(?:spawn|spawnSync|execFile|execFileSync|execa|execaSync|cross-spawn|fork)$/;

/** Functions that are named as if they ran a command. */
const RUNNERS =
  /^(?:run|exec|execute|sh|shell|cmd|command|system)(?:[A-Z_]\w*)?$/;
const PROGRAMS =
  /^\s*(?:git|npm|npx|yarn|pnpm|node|curl|wget|rm|cp|mv|mkdir|tar|unzip|zip|docker|kubectl|ls|cat|echo|grep|find|kill|taskkill|sh|bash|sudo|chmod|chown|ssh|scp|rsync|python3?|java|convert|ffmpeg|identify|open|start|cmd|powershell|ps|lsof|netstat|ping)\s/u;

/** Whether a string that is put together begins with the name of a program. */
function startsProgram(node: Node): boolean {
  let one = bare(node);
  while (one.type === "BinaryExpression") one = bare(one.left);
  const head =
    one.type === "TemplateLiteral"
      ? (one.quasis[0]?.value.cooked ?? "")
      : (stringOf(one) ?? "");
  return one !== node || one.type === "TemplateLiteral"
    ? PROGRAMS.test(`${head} `)
    : false;
}

function withArguments(first: Node, second: Node | undefined): Node {
  return stringOf(first) !== undefined && second !== undefined ? second : first;
}

function lastOf(list: Node | undefined): Node | undefined {
  if (list === undefined) return undefined;
  const one = bare(list);
  return one.type === "ArrayExpression"
    ? (one.elements.at(-1) ?? undefined)
    : one;
}

function usesShell(options: Node | undefined, nodes: readonly Node[]): boolean {
  if (options === undefined) return false;
  const one = bare(options);
  if (one.type === "ObjectExpression")
    return one.properties.some(
      (property) =>
        property.type === "ObjectProperty" &&
        property.key.type === "Identifier" &&
        property.key.name === "shell" &&
        !(property.value.type === "BooleanLiteral" && !property.value.value),
    );
  if (one.type !== "Identifier") return false;
  const { name } = one;
  return nodes.some(
    (node) =>
      (node.type === "VariableDeclarator" &&
        node.id.type === "Identifier" &&
        node.id.name === name &&
        node.init?.type === "ObjectExpression" &&
        usesShell(node.init, [])) ||
      (node.type === "AssignmentExpression" &&
        isMember(node.left) &&
        propertyOf(node.left) === "shell" &&
        node.right.type !== "BooleanLiteral" &&
        node.left.object.type === "Identifier" &&
        node.left.object.name === name),
  );
}

/** Whether a string is put together, here or where its name was given its value. */
export function isBuilt(command: Node, { unit, flow }: Place): boolean {
  const one = bare(command);
  if (one.type === "TemplateLiteral" || one.type === "BinaryExpression")
    return !flow.fixed(one);
  if (isCall(one)) {
    const callee = bare(one.callee);
    return (
      isMember(callee) &&
      /^(?:join|concat|replace|format)$/.test(propertyOf(callee) ?? "")
    );
  }
  if (one.type === "ConditionalExpression") return true;
  if (one.type !== "Identifier") return false;
  return unit.nodes.some(
    (node) =>
      (node.type === "VariableDeclarator" &&
        node.id.type === "Identifier" &&
        node.id.name === one.name &&
        node.init &&
        /^(?:TemplateLiteral|BinaryExpression|CallExpression)$/.test(
          node.init.type,
        ) &&
        !flow.fixed(node.init)) ||
      (node.type === "AssignmentExpression" &&
        node.left.type === "Identifier" &&
        node.left.name === one.name &&
        (node.operator === "+=" ||
          /^(?:TemplateLiteral|BinaryExpression)$/.test(node.right.type)) &&
        !flow.fixed(node.right)),
  );
}
