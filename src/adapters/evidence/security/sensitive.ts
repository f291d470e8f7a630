import type { Node } from "@babel/types";
import { resolved } from "./aliases.ts";
import type { Flow } from "./flow.ts";
import type { Place, Rule } from "./hit.ts";
import {
  bare,
  isCall,
  isMember,
  propertyOf,
  stringOf,
  textOf,
  verbOf,
} from "./nodes.ts";

/** An operation that hurts when it gets the wrong value. */
export interface Sensitive {
  readonly rule: Rule;
  readonly node: Node;
}

const COMMANDS =
  /^(?:child_process|shelljs|execa|cross-spawn)\b|(?:^|\.)(?:exec|execSync|execFile|execFileSync|execAsync|spawn|spawnSync|execa)$/;
const CODE =
  /(?:^|\.)(?:eval|Function|runInContext|runInNewContext|runInThisContext|Script|_compile|compileFunction)$/;
const FS =
  /^(?:fs|fs-extra|graceful-fs|fs\/promises|fse|fsp)\.|(?:^|\.)(?:sendFile|sendfile|createReadStream|createWriteStream|readFile|readFileSync|writeFile|writeFileSync|mkdir|mkdirp|mkdirSync|symlink|symlinkSync|link|linkSync|stat|readdir|unlink|rename)$/;
const JOIN = /(?:^|path\.)(?:join|resolve)$/;

/** The sensitive operations of a unit, in the order of its text. Looser than the detectors: it says what a guard may have stood for. */
export function sensitiveIn({
  outlined,
  unit,
  flow,
  aliases,
}: Place): readonly Sensitive[] {
  const found: Sensitive[] = [];
  const add = (rule: Rule, node: Node): void => {
    found.push({ rule, node });
  };
  for (const node of unit.nodes) {
    if (node.type === "AssignmentExpression") {
      const left = bare(node.left);
      if (!isMember(left)) continue;
      if (
        left.computed &&
        propertyOf(left) === undefined &&
        !flow.fixed(left.property) &&
        !flow.counts(left.property)
      )
        add("prototype-pollution", node);
      if (/^(?:inner|outer)HTML$/.test(propertyOf(left) ?? ""))
        add("cross-site-scripting", node);
      continue;
    }
    if (node.type === "ImportExpression") add("path-traversal", node);
    if (isSourceBuilding(node, flow)) add("code-injection", node);
    if (!isCall(node)) continue;
    const callee = resolved(node.callee, aliases) ?? "";
    const verb = verbOf(node);
    const [first] = node.arguments;
    if (CODE.test(callee)) add("code-injection", node);
    else if (COMMANDS.test(callee) && !isRegexExec(node, verb, outlined))
      add("command-injection", node);
    else if (
      FS.test(callee) ||
      (/^\w*[rR]equire$/.test(verb) && first && !flow.fixed(first))
    )
      add("path-traversal", node);
    else if (/(?:escape|quote)\w*$/iu.test(verb) && first)
      add("command-injection", node);
    else if (JOIN.test(callee) && node.arguments.length > 1)
      add("path-traversal", node);
    else if (
      /^(?:assign|defineProperty|merge|extend|defaultsDeep|set)$/.test(verb) &&
      node.arguments.length > (verb === "set" ? 2 : 1)
    )
      add("prototype-pollution", node);
    else if (/^(?:exec|test|match|matchAll|replace|split|search)$/.test(verb)) {
      const callee2 = bare(node.callee);
      if (
        first?.type === "RegExpLiteral" ||
        (isMember(callee2) &&
          (callee2.object.type === "RegExpLiteral" ||
            /^(?:exec|test)$/.test(verb)))
      )
        add("redos", node);
    }
  }
  return found;
}

/** Whether text of a program is put together: a piece that reads like code, beside a value. */
function isSourceBuilding(node: Node, flow: Flow): boolean {
  if (node.type === "TemplateLiteral")
    return (
      node.expressions.length > 0 &&
      node.quasis.some(({ value }) => CODE_TEXT.test(value.raw)) &&
      !flow.fixed(node)
    );
  if (node.type !== "BinaryExpression" || node.operator !== "+") return false;
  return [node.left, node.right].some((side) => {
    const text = stringOf(side);
    return text !== undefined && CODE_TEXT.test(text);
  });
}

const CODE_TEXT =
  /^\s*(?:var|let|const|return|function|if|for|while|with)\b[\s(]|\bfunction\s*\w*\(|\)\s*\{\s*$|;\s*\n|^\s*\}\s*(?:else|;|$)|"use strict"|^new [A-Z]\w*\(/u;

function isRegexExec(
  node: Node,
  verb: string,
  outlined: Place["outlined"],
): boolean {
  if (verb !== "exec" || !isCall(node)) return false;
  const callee = bare(node.callee);
  return (
    isMember(callee) &&
    !/^(?:cp|child_process|childProcess|child|shell|shelljs|proc|process_?)$|require\(/.test(
      textOf(outlined.source, callee.object),
    )
  );
}
