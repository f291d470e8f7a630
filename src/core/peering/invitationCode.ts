import { InvitationCode } from "../../protocol/peerLink.ts";
import type { Scope } from "../../protocol/peer.ts";
import { RoundtableError } from "../errors.ts";

const PREFIX = "rt1.";
/** Anything a person may have copied along with the code. */
const CODE = /\brt(\d+)\.([A-Za-z0-9_-]*)/;

/** An invitation as it travels from person to person. */
export interface Invitation {
  readonly host: string;
  readonly port: number;
  /** Of the certificate that answers there. */
  readonly pin: string;
  readonly hubId: string;
  /** base64url of 128 random bits. */
  readonly secret: string;
  /** What who joins may do there. */
  readonly scopes: readonly Scope[];
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly name: string;
}

/** How text becomes base64url (RFC 4648, UTF-8) and back; `decode` gives undefined for anything that is none. */
export interface TextCodec {
  encode(text: string): string;
  decode(text: string): string | undefined;
}

function bad(what: string, next: string): RoundtableError {
  return new RoundtableError("bad-invitation", what, next);
}

/** The code of an invitation: `rt1.` and base64url of JSON. */
export function invitationCode(
  invitation: Invitation,
  codec: TextCodec,
): string {
  const code: InvitationCode = {
    a: [invitation.host, invitation.port],
    p: invitation.pin,
    h: invitation.hubId,
    s: invitation.secret,
    c: [...invitation.scopes],
    e: invitation.expiresAt,
    n: invitation.name,
  };
  return PREFIX + codec.encode(JSON.stringify(code));
}

/** The link that opens the editor with a code; `extension` is `publisher.name`. The code is behind `#`, so that no server on the way sees it. */
export function invitationLink(code: string, extension: string): string {
  return `vscode://${extension}/join#${code}`;
}

/**
 * Reads a link or a code, with or without text around it. Throws `bad-invitation` when it is none, when part of it is missing, when it is
 * from a newer version, when it is no longer good at `now` (ms since 1970), or when it is this hub's own.
 */
export function readInvitation(
  text: string,
  known: {
    readonly codec: TextCodec;
    readonly now: number;
    /** This hub's id. */
    readonly self: string;
  },
): Invitation {
  const found = CODE.exec(text);
  if (found === null)
    throw bad(
      "This is no invitation: it holds no code that begins with rt1.",
      "Nothing was sent. Ask your teammate for the link or the code that Share This Hub shows, and paste all of it.",
    );
  const [, version, body = ""] = found;
  if (version !== "1")
    throw bad(
      `This invitation is of version ${String(version)}, and this hub reads version 1.`,
      "Nothing was sent. Update Roundtable here, or ask for an invitation from the version you have.",
    );
  const code = codeIn(known.codec.decode(body));
  if (code === undefined)
    throw bad(
      "The invitation is damaged or not complete.",
      "Nothing was sent. Copy it again, the whole of it: chat programs like to cut long lines.",
    );
  if (code.h === known.self)
    throw bad(
      "This invitation is this hub's own.",
      "Nothing was sent. Give it to your teammate, who takes it with Connect to a Teammate's Hub.",
    );
  if (code.e <= known.now)
    throw bad(
      "The invitation is no longer good: its time is over.",
      "Nothing was sent. Ask for a new one; if it was made just now, compare the clocks of both machines.",
    );
  return {
    host: code.a[0],
    port: code.a[1],
    pin: code.p,
    hubId: code.h,
    secret: code.s,
    scopes: code.c,
    expiresAt: code.e,
    name: code.n,
  };
}

function codeIn(text: string | undefined): InvitationCode | undefined {
  if (text === undefined) return undefined;
  try {
    return InvitationCode.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
