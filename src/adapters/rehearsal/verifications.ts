import type { VerificationPaper } from "../../protocol/work.ts";
import { play, read, say, submit } from "./turn.ts";
import type { Scene, ScriptRequest, ScriptedTurn } from "./turn.ts";

/** What a verifier of the rehearsal makes of a claim it knows; of any other it cannot tell. */
export function verifying(request: ScriptRequest): ScriptedTurn {
  const claim = request.brief.split("## Claim to check\n").at(-1) ?? "";
  const known = CLAIMS.find(({ says }) => says.test(claim));
  return play(known?.scene ?? unsure, request);
}

function checked(
  text: string,
  verdict: VerificationPaper["verdict"],
  reason: string,
  ...quotes: VerificationPaper["quotes"]
): ScriptedTurn {
  const paper: VerificationPaper = { verdict, reason, quotes };
  return say(text, submit(paper));
}

const unsure: Scene = [
  checked(
    "I have only rehearsed the sample, so I cannot tell.",
    "unclear",
    "This is a rehearsal: no model has looked at the claim.",
  ),
];

const CLAIMS: readonly { readonly says: RegExp; readonly scene: Scene }[] = [
  {
    says: /total (?:is )?negative/,
    scene: [
      say("I look for the floor that should be there.", read("src/order.js")),
      checked(
        "There is none: what is left after the coupon is returned as it is.",
        "confirmed",
        "total() returns the difference without a lower limit, so it is negative when the coupon is worth more than the order.",
        {
          path: "src/order.js",
          line: 12,
          text: "  return subtotal(order) - off;",
        },
      ),
    ],
  },
  {
    says: /ignores the quantity/,
    scene: [
      say(
        "total() does not multiply any more. Does what it calls?",
        read("src/order.js"),
      ),
      checked(
        "It does. The claim overlooks subtotal().",
        "refuted",
        "total() calls subtotal(), and that multiplies price and quantity of every line.",
        {
          path: "src/order.js",
          line: 4,
          text: "    (sum, line) => sum + line.price * line.quantity,",
        },
      ),
    ],
  },
];
