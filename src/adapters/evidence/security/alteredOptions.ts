import type { Node } from "@babel/types";
import type { Concern } from "./lostGuards.ts";
import {
  bare,
  isMember,
  lineOf,
  propertyOf,
  quote,
  shapeOf,
  type Member,
} from "./nodes.ts";
import type { Outline, Unit } from "./units.ts";

/** Options that say what is let through. */
const OPTIONS =
  /^(?:rejectUnauthorized|strictSSL|checkServerIdentity|requestCert|algorithms?|secureProtocol|minVersion|ciphers|httpOnly|sameSite|allowPrototypes|plainObjects|noEval|nodeIntegration|contextIsolation|webSecurity|dotfiles|followSymlinks|noent|autoescape|sanitize|allowUnsafe\w*|unsafe\w*|allowProto\w*|ignoreReservedNames|maxRedirects|maxBodyLength)$/;

interface Option {
  readonly name: string;
  readonly value: Node;
}

function optionsOf({ nodes }: Unit): readonly Option[] {
  return nodes.flatMap((node): readonly Option[] => {
    const key =
      node.type === "ObjectProperty" && node.key.type === "Identifier"
        ? node.key.name
        : node.type === "AssignmentExpression" && isMember(bare(node.left))
          ? (propertyOf(bare(node.left) as Member) ?? "")
          : node.type === "VariableDeclarator" && node.id.type === "Identifier"
            ? node.id.name
            : "";
    if (!OPTIONS.test(key)) return [];
    const value =
      node.type === "AssignmentExpression"
        ? node.right
        : node.type === "ObjectProperty"
          ? node.value
          : node.type === "VariableDeclarator"
            ? node.init
            : undefined;
    return value ? [{ name: key, value }] : [];
  });
}

/** Options that say what is let through, and are given another value. */
export function changedOptions(
  old: Unit,
  now: Unit,
  before: Outline,
  after: Outline,
): readonly Concern[] {
  const were = optionsOf(old);
  const are = optionsOf(now);
  const shapes = (outlined: Outline, list: readonly Option[]) =>
    new Set(
      list.map(
        ({ name, value }) => `${name} ${shapeOf(outlined.source, value)}`,
      ),
    );
  const wereShapes = shapes(before, were);
  const areShapes = shapes(after, are);
  const gone = were.filter(
    ({ name, value }) =>
      !areShapes.has(`${name} ${shapeOf(before.source, value)}`),
  );
  return are.flatMap(({ name, value }) => {
    const was = gone.find((one) => one.name === name);
    if (
      was === undefined ||
      wereShapes.has(`${name} ${shapeOf(after.source, value)}`)
    )
      return [];
    return [
      {
        rule: "insecure-default" as const,
        severity: "medium" as const,
        line: lineOf(value),
        claim: `\`${name}\` changes from \`${quote(before.source, was.value)}\` to \`${quote(after.source, value)}\`: look whether it now lets through what it kept out.`,
      },
    ];
  });
}
