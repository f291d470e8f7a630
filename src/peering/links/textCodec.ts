import type { TextCodec } from "../../core/peering/invitationCode.ts";

/** base64url of UTF-8. */
export const textCodec: TextCodec = {
  encode: (text) => Buffer.from(text, "utf8").toString("base64url"),
  decode: (text) => {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(
        Buffer.from(text, "base64url"),
      );
    } catch {
      return undefined;
    }
  },
};
