import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isProblem } from "../../../src/core/errors.ts";
import {
  invitationCode,
  invitationLink,
  readInvitation,
  type Invitation,
  type TextCodec,
} from "../../../src/core/peering/invitationCode.ts";

const codec: TextCodec = {
  encode: (text) => Buffer.from(text).toString("base64url"),
  decode: (text) => Buffer.from(text, "base64url").toString("utf8"),
};
const invitation: Invitation = {
  host: "192.168.0.7",
  port: 4711,
  pin: "0f".repeat(32),
  hubId: "a2".repeat(26),
  secret: "A".repeat(22),
  scopes: ["observe", "message"],
  expiresAt: 2000,
  name: "Ada’s hub",
};
const known = { codec, now: 1000, self: "b3".repeat(26) };
const code = invitationCode(invitation, codec);

function why(text: string, more: Partial<typeof known> = {}): string {
  try {
    readInvitation(text, { ...known, ...more });
  } catch (error) {
    assert.ok(isProblem(error, "bad-invitation"));
    assert.match(error.next, /^Nothing was sent\./);
    return error.message;
  }
  return "";
}

describe("the code of an invitation", () => {
  it("is read as it was made, alone, as a link, and from the middle of a message", () => {
    const link = invitationLink(code, "publisher.name");
    assert.equal(link, `vscode://publisher.name/join#${code}`);
    for (const text of [code, link, ` Join me:\n<${link}>\nSee you!`])
      assert.deepEqual(readInvitation(text, known), invitation);
  });

  it("is refused with the reason when it is none, cut, of a later version, over, or one's own", () => {
    assert.match(why("please join"), /no invitation/);
    assert.match(why(code.slice(0, -9)), /damaged or not complete/);
    assert.match(why("rt1."), /damaged or not complete/);
    assert.match(why(code.replace("rt1", "rt2")), /version 2/);
    assert.match(why(code, { now: 2000 }), /time is over/);
    assert.match(why(code, { self: invitation.hubId }), /own/);
  });

  it("is either read or refused, whatever was pasted", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `rt1.${codec.encode(text)}`),
          fc.json().map((text) => `rt1.${codec.encode(text)}`),
        ),
        (text) => why(text) !== "",
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});
