import type { Node } from "@babel/types";
import {
  bare,
  boundNames,
  calleeOf,
  childrenOf,
  dotted,
  isCall,
  isCallable,
  isMember,
  namesIn,
  propertyOf,
  stringOf,
  verbOf,
} from "./nodes.ts";
import type { Outline, Unit } from "./units.ts";

/** What is known of the values in one unit, from its text alone. */
export interface Flow {
  /** Whether data from outside the unit (a parameter, a request, the command line) reaches an expression. */
  tainted(node: Node): boolean;
  /** Whether an expression has a value that is fixed when the file is loaded. */
  fixed(node: Node): boolean;
  /** Whether a name holds a number that the unit counts. */
  counts(node: Node): boolean;
}

/** Follows data through the assignments of a unit and of the units around it. `cleans` names calls whose results are safe. */
export function flowOf(outlined: Outline, unit: Unit): Flow {
  const known = KNOWN.get(unit);
  if (known !== undefined) return known;
  const constants = constantsOf(outlined);
  const outer =
    unit.outer === undefined ? EMPTY : taintOf(outlined, unit.outer);
  const taint = taintOf(outlined, unit);
  const counters = countersOf(unit);
  const flow: Flow = {
    tainted: (node) =>
      mentions(node, (name) => taint.has(name) || outer.has(name)),
    fixed: (node) => isFixed(node, constants),
    counts: (node) => {
      const one = bare(node);
      return one.type === "Identifier"
        ? counters.has(one.name) || INDEX.test(one.name)
        : one.type === "NumericLiteral" ||
            one.type === "UpdateExpression" ||
            (one.type === "BinaryExpression" &&
              /^[-*/%|&]|<<|>>/.test(one.operator)) ||
            (isMember(one) && propertyOf(one) === "length");
    },
  };
  KNOWN.set(unit, flow);
  return flow;
}

const KNOWN = new WeakMap<Unit, Flow>();
const TAINT = new WeakMap<Unit, ReadonlySet<string>>();
const CONSTANTS = new WeakMap<Outline, ReadonlySet<string>>();
const EMPTY: ReadonlySet<string> = new Set();
const INDEX = /^(?:i|j|n|ii|idx|index|len|length|pos|offset|count)$/;
/** Parameters that carry no data of a caller: callbacks and errors. */
const NO_DATA = /^(?:err|error|e|cb|callback|done|next|resolve|reject|fn|_+)$/;
const OUTSIDE =
  /^(?:process\.argv|process\.env|(?:req|request|ctx|ctx\.request|ctx\.req)\.(?:body|query|params|url|originalUrl|path|headers|cookies|hostname|ip)|location\.(?:search|hash|href)|window\.location\.(?:search|hash|href))\b/;
/** Calls whose result says nothing of what went in, or nothing that can hurt. */
const CLEANS =
  /^(?:Number|parseInt|parseFloat|Boolean|isNaN|isFinite|isInteger|isArray|encodeURIComponent|encodeURI|has|hasOwnProperty|hasOwn|test|includes|indexOf|startsWith|endsWith|statSync|existsSync|createHash|digest)$/;

function constantsOf(outlined: Outline): ReadonlySet<string> {
  const known = CONSTANTS.get(outlined);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const changed = new Set<string>();
  for (const unit of outlined.units)
    for (const node of unit.nodes) {
      if (
        node.type === "VariableDeclarator" &&
        node.id.type === "Identifier" &&
        node.init &&
        isFixed(node.init, names)
      )
        names.add(node.id.name);
      else if (
        node.type === "AssignmentExpression" &&
        node.left.type === "Identifier" &&
        !isFixed(node.right, names)
      )
        changed.add(node.left.name);
      else if (isCallable(node))
        for (const name of node.params.flatMap(boundNames)) changed.add(name);
    }
  for (const name of changed) names.delete(name);
  CONSTANTS.set(outlined, names);
  return names;
}

function taintOf(outlined: Outline, unit: Unit): ReadonlySet<string> {
  const known = TAINT.get(unit);
  if (known !== undefined) return known;
  const outer =
    unit.outer === undefined ? EMPTY : taintOf(outlined, unit.outer);
  const names = new Set<string>();
  TAINT.set(unit, names);
  for (const { params } of unit.callables)
    for (const name of params.flatMap(boundNames))
      if (!NO_DATA.test(name)) names.add(name);
  const own = new Set<string>();
  const moves: { to: readonly string[]; from: Node }[] = [];
  for (const node of unit.nodes) {
    if (node.type === "VariableDeclarator" && node.id.type !== "VoidPattern") {
      const to = boundNames(node.id);
      for (const name of to) own.add(name);
      if (node.init) moves.push({ to, from: node.init });
    } else if (node.type === "AssignmentExpression")
      moves.push({ to: targetsOf(node.left), from: node.right });
    else if (node.type === "ForInStatement" || node.type === "ForOfStatement")
      moves.push({
        to:
          node.left.type === "VariableDeclaration"
            ? node.left.declarations.flatMap(({ id }) =>
                id.type === "VoidPattern" ? [] : boundNames(id),
              )
            : targetsOf(node.left),
        from: node.right,
      });
    else if (
      isCall(node) &&
      /^(?:push|unshift|set|add|assign)$/.test(verbOf(node))
    ) {
      const callee = bare(node.callee);
      if (isMember(callee) && callee.object.type === "Identifier")
        for (const from of node.arguments)
          moves.push({ to: [callee.object.name], from });
    }
  }
  for (let pass = 0; pass < 4; pass += 1) {
    const before = names.size;
    for (const { to, from } of moves)
      if (
        to.some((name) => !names.has(name)) &&
        mentions(
          from,
          (name) => names.has(name) || (outer.has(name) && !own.has(name)),
        )
      )
        for (const name of to) names.add(name);
    if (names.size === before) break;
  }
  return names;
}

/** What an assignment changes: names, and the objects whose properties it sets. */
function targetsOf(left: Node): readonly string[] {
  const target = bare(left);
  if (isMember(target)) {
    let object: Node = target;
    while (isMember(object)) object = bare(object.object);
    return object.type === "Identifier" ? [object.name] : [];
  }
  return boundNames(target);
}

function countersOf(unit: Unit): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of unit.nodes) {
    if (node.type === "UpdateExpression" && node.argument.type === "Identifier")
      names.add(node.argument.name);
    else if (
      node.type === "VariableDeclarator" &&
      node.id.type === "Identifier" &&
      node.init &&
      (node.init.type === "NumericLiteral" ||
        (isMember(node.init) && propertyOf(node.init) === "length"))
    )
      names.add(node.id.name);
  }
  return names;
}

/** Whether an expression takes data from a name that passes, or from outside the program. Functions in it and cleaned values don't count. */
function mentions(node: Node, passes: (name: string) => boolean): boolean {
  const waiting: Node[] = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (isCallable(at) || at.type === "UnaryExpression") continue;
    if (at.type === "Identifier") {
      if (passes(at.name)) return true;
      continue;
    }
    if (isMember(at)) {
      const whole = dotted(at);
      if (whole !== undefined && OUTSIDE.test(whole)) return true;
      if (propertyOf(at) === "length") continue;
      // What is looked up belongs to the object; a key alone passes nothing on.
      waiting.push(at.object);
      continue;
    }
    if (at.type === "ConditionalExpression") {
      waiting.push(at.consequent, at.alternate);
      continue;
    }
    if (at.type === "BinaryExpression") {
      if (at.operator === "+") waiting.push(at.left, at.right);
      continue;
    }
    if (at.type === "ObjectProperty") {
      waiting.push(at.value);
      continue;
    }
    if (isCall(at)) {
      if (CLEANS.test(verbOf(at))) continue;
      const callee = bare(at.callee);
      if (isMember(callee)) waiting.push(callee.object);
      waiting.push(...at.arguments);
      continue;
    }
    waiting.push(...childrenOf(at));
  }
  return false;
}

function isFixed(node: Node, constants: ReadonlySet<string>): boolean {
  const waiting: Node[] = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const one = bare(at);
    if (stringOf(one) !== undefined) continue;
    switch (one.type) {
      case "NumericLiteral":
      case "BooleanLiteral":
      case "NullLiteral":
      case "RegExpLiteral":
      case "BigIntLiteral":
      case "TemplateElement":
        continue;
      case "Identifier":
        if (
          constants.has(one.name) ||
          /^(?:[A-Z][A-Z0-9_]+|undefined|__dirname|__filename)$/.test(one.name)
        )
          continue;
        return false;
      case "TemplateLiteral":
      case "BinaryExpression":
      case "LogicalExpression":
      case "ConditionalExpression":
      case "ArrayExpression":
      case "ObjectExpression":
      case "ObjectProperty":
      case "SpreadElement":
      case "UnaryExpression":
        waiting.push(...childrenOf(one));
        continue;
      case "MemberExpression":
      case "OptionalMemberExpression": {
        const whole = dotted(one);
        if (
          whole !== undefined &&
          (FIXED_MEMBERS.test(whole) ||
            constants.has(whole.split(".")[0] ?? "") ||
            propertyOf(one) === "length")
        )
          continue;
        return false;
      }
      case "CallExpression":
        if (
          /^(?:process\.cwd|os\.(?:homedir|tmpdir|platform|arch)|require\(.*\)\..*|require|(?:path\.)?(?:join|resolve|dirname|basename|normalize)|String|Number|parseInt|Symbol|Math\.\w+|Date\.now|\?\.(?:join|concat|trim|toLowerCase))$/.test(
            calleeOf(one),
          )
        ) {
          const callee = bare(one.callee);
          if (
            isMember(callee) &&
            !/^(?:path|os|process|Math|Date)$/.test(
              [...namesIn(callee.object)].join(),
            )
          )
            waiting.push(callee.object);
          waiting.push(...one.arguments);
          continue;
        }
        return false;
      default:
        return false;
    }
  }
  return true;
}

const FIXED_MEMBERS =
  /^(?:process\.(?:execPath|platform|pid|arch|version)|import\.meta|path\.sep|os\.EOL)|\.[A-Z][A-Z0-9_]+$/;
