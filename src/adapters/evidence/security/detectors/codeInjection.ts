import { resolved } from "../aliases.ts";
import type { Detector, Hit } from "../hit.ts";
import { isCall, quote, shapeOf, stringOf, bare } from "../nodes.ts";

const RUNS_CODE =
  /^(?:(?:window\.|global\.|globalThis\.|self\.)?eval|(?:window\.|global\.|globalThis\.)?Function|vm\.(?:runIn\w+Context|Script|compileFunction|SourceTextModule)|.*\._compile|require\(vm\).*)$/;
const TIMERS = /^(?:window\.)?(?:setTimeout|setInterval)$/;
const REVIVES =
  /^(?:js-yaml|yaml|jsyaml)\.(?:load|loadAll)$|^(?:node-serialize|serialize-to-js|funcster|cryo)\.(?:unserialize|deserialize|deepDeserialize|parse)$|^(?:serialize|serializer)\.unserialize$/;

/** Text that is run as code and is not fixed. */
export const codeInjection: Detector = ({ outlined, unit, flow, aliases }) => {
  const { source } = outlined;
  return unit.nodes.flatMap((node): readonly Hit[] => {
    if (!isCall(node)) return [];
    const callee = resolved(node.callee, aliases) ?? "";
    const key = shapeOf(source, node).slice(0, 200);
    if (RUNS_CODE.test(callee)) {
      const code =
        callee.endsWith("Function") && !callee.includes("vm.")
          ? node.arguments.at(-1)
          : node.arguments[0];
      if (code === undefined || node.arguments.every((one) => flow.fixed(one)))
        return [];
      const tainted = node.arguments.some((one) => flow.tainted(one));
      return [
        {
          rule: "code-injection" as const,
          node,
          key,
          severity: tainted ? ("high" as const) : ("medium" as const),
          claim: `\`${quote(source, node)}\` runs text as code that ${tainted ? "comes from outside of this function" : "is put together from values"}; whoever controls a part of it runs code here.`,
        },
      ];
    }
    if (TIMERS.test(callee) && node.arguments[0]) {
      const first = bare(node.arguments[0]);
      if (
        (first.type === "TemplateLiteral" ||
          (first.type === "BinaryExpression" && first.operator === "+")) &&
        stringOf(first) === undefined &&
        !flow.fixed(first)
      )
        return [
          {
            rule: "code-injection" as const,
            node,
            key,
            severity: "high" as const,
            claim: `\`${quote(source, node)}\` gives a timer text to run as code; pass a function.`,
          },
        ];
    }
    if (
      REVIVES.test(callee) &&
      node.arguments[0] &&
      flow.tainted(node.arguments[0])
    )
      return [
        {
          rule: "unsafe-deserialisation" as const,
          node,
          key,
          severity: "medium" as const,
          claim: `\`${quote(source, node)}\` makes objects out of text from outside, functions among them in some versions; use a loader that makes plain data only.`,
        },
      ];
    return [];
  });
};
