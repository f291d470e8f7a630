import { resolved } from "../aliases.ts";
import { replaceOn, type Fix } from "../fixes.ts";
import type { Detector, Hit } from "../hit.ts";
import {
  bare,
  isCall,
  isMember,
  propertyOf,
  quote,
  shapeOf,
  stringOf,
  textOf,
} from "../nodes.ts";

const SECRET =
  /token|secret|password|passwd|nonce|salt|csrf|session|otp|apikey|api_key|boundary/iu;

/** Weak places that one expression shows: TLS switched off, HTML and SQL put together, guessable secrets, requests to any address. */
export const otherSinks: Detector = ({ outlined, unit, flow, aliases }) => {
  const { source, parents } = outlined;
  const hits: Hit[] = [];
  const add = (
    rule: Hit["rule"],
    node: Hit["node"],
    severity: Hit["severity"],
    claim: string,
    fix?: Fix,
  ): void => {
    hits.push({
      ...(fix !== undefined && { fix }),
      rule,
      node,
      key: shapeOf(source, node).slice(0, 200),
      severity,
      claim,
    });
  };
  for (const node of unit.nodes) {
    if (node.type === "ObjectProperty" && !node.computed) {
      const name =
        node.key.type === "Identifier"
          ? node.key.name
          : node.key.type === "StringLiteral"
            ? node.key.value
            : "";
      if (
        name === "rejectUnauthorized" &&
        node.value.type === "BooleanLiteral" &&
        !node.value.value
      )
        add(
          "insecure-tls",
          node,
          "high",
          "`rejectUnauthorized: false` accepts any certificate, an attacker's too.",
          replaceOn(
            node,
            source,
            /(?<=rejectUnauthorized["']?\s*:\s*)false/u,
            "true",
          ),
        );
      else if (name === "dangerouslySetInnerHTML" && !flow.fixed(node.value))
        add(
          "cross-site-scripting",
          node,
          "medium",
          `\`${quote(source, node)}\` sets HTML from a value.`,
        );
    } else if (
      node.type === "JSXAttribute" &&
      node.name.name === "dangerouslySetInnerHTML"
    )
      add(
        "cross-site-scripting",
        node,
        "medium",
        `\`${quote(source, node)}\` sets HTML from a value; text in it can run scripts.`,
      );
    else if (node.type === "AssignmentExpression") {
      const left = bare(node.left);
      if (!isMember(left)) continue;
      const name = propertyOf(left);
      if (
        (name === "innerHTML" || name === "outerHTML") &&
        !flow.fixed(node.right)
      )
        add(
          "cross-site-scripting",
          node,
          "medium",
          `\`${quote(source, node)}\` sets HTML from a value; text in it can run scripts.`,
        );
      else if (
        name === "NODE_TLS_REJECT_UNAUTHORIZED" &&
        stringOf(node.right) !== "1"
      )
        add(
          "insecure-tls",
          node,
          "high",
          "NODE_TLS_REJECT_UNAUTHORIZED switches the check of certificates off for the whole process.",
        );
      else if (
        name === "rejectUnauthorized" &&
        node.right.type === "BooleanLiteral" &&
        !node.right.value
      )
        add(
          "insecure-tls",
          node,
          "high",
          "`rejectUnauthorized = false` accepts any certificate, an attacker's too.",
        );
      else if (name === "__proto__")
        add(
          "prototype-pollution",
          node,
          "low",
          `\`${quote(source, node)}\` replaces an object's prototype.`,
        );
    } else if (isCall(node)) {
      const callee = resolved(node.callee, aliases) ?? "";
      const [first] = node.arguments;
      if (callee === "Math.random") {
        let at = parents.get(node);
        for (let up = 0; up < 6 && at !== undefined; up += 1) {
          if (
            (at.type === "VariableDeclarator" &&
              at.id.type === "Identifier" &&
              SECRET.test(at.id.name)) ||
            (at.type === "AssignmentExpression" &&
              SECRET.test(textOf(source, at.left))) ||
            (at.type === "ObjectProperty" &&
              SECRET.test(textOf(source, at.key)))
          ) {
            add(
              "insecure-randomness",
              node,
              "medium",
              `Math.random() makes a secret in \`${quote(source, at)}\`; its values can be guessed. Use crypto.randomBytes.`,
            );
            break;
          }
          at = parents.get(at);
        }
      } else if (
        /\.(?:query|execute|raw)$/.test(callee) &&
        first &&
        !flow.fixed(first)
      ) {
        const sql = bare(first);
        if (
          (sql.type === "TemplateLiteral" || sql.type === "BinaryExpression") &&
          /\b(?:select|insert\s+into|update|delete\s+from)\b/iu.test(
            textOf(source, sql),
          ) &&
          flow.tainted(sql)
        )
          add(
            "sql-injection",
            node,
            "high",
            `SQL is put together from values in \`${quote(source, node)}\`; pass them as parameters.`,
          );
      } else if (
        /^document\.write(?:ln)?$|\.insertAdjacentHTML$/.test(callee) &&
        node.arguments.some((one) => !flow.fixed(one))
      )
        add(
          "cross-site-scripting",
          node,
          "medium",
          `\`${quote(source, node)}\` writes HTML from a value; text in it can run scripts.`,
        );
    }
  }
  return hits;
};
