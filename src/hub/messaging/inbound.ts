import type { Clock, TextLog } from "../../ports.ts";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { ENVELOPE_MARK, Send } from "../../protocol/envelope.ts";
import { MAX_BODY_BYTES } from "../gate.ts";
import {
  invalidField,
  notAllowed,
  overloaded,
  parseParams,
} from "../wireError.ts";
import type { MessageCounts } from "./counts.ts";
import { Arrived, partsOf } from "./frame.ts";
import type { Member } from "./member.ts";
import type { Parcel } from "./parcel.ts";
import type { Router } from "./router.ts";
import type { Slow } from "./slow.ts";

/** The first byte of an envelope, and the second of a frame that holds several. */
const MARK = ENVELOPE_MARK.charCodeAt(0);
/** Durable messages of one member that are on their way to the disk before it is not read any more, and their bytes. */
const MAX_UNDER_WAY = 4096;
const MAX_UNDER_WAY_BYTES = 8 * 1024 * 1024;

/** What members send. */
export interface Inbound {
  /** Takes an envelope frame, or a frame of several. Never throws: the member is told. */
  frame(member: Member, frame: Buffer): void;
  /** `envelope/send`; rejects with a wire error when it led to nothing. */
  send(
    member: Member,
    params: unknown,
  ): Promise<{ readonly id: string; readonly seq?: number }>;
}

/** Takes messages in and hands them to the router. */
export function createInbound(parts: {
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly router: Router;
  readonly slow: Slow;
  readonly counts: MessageCounts;
}): Inbound {
  const { router, slow, counts, textLog } = parts;

  function check(member: Member, { from, type }: EnvelopeHeader): void {
    if (from !== undefined && !member.speaksAs(from))
      throw invalidField("from", "is not who speaks on this connection");
    const { identity } = member;
    if (identity.kind === "agent" && !identity.mayAsk && type === "request")
      throw notAllowed(
        "This token lets its agent work, not ask others; the hub's owner can issue one that may (--can-ask).",
      );
  }

  function refuse(member: Member, id: string | null, error: unknown): void {
    counts.refused += 1;
    member.refused(id, error);
  }

  async function store(member: Member, parcel: Parcel): Promise<void> {
    const { id } = parcel.header;
    const bytes = parcel.payload.length;
    member.underWay += 1;
    member.underWayBytes += bytes;
    if (
      !member.waitsForDisk &&
      (member.underWay >= MAX_UNDER_WAY ||
        member.underWayBytes >= MAX_UNDER_WAY_BYTES)
    ) {
      member.waitsForDisk = true;
      member.hold();
    }
    try {
      await router.durable(member, parcel);
      member.accepted(id);
    } catch (error) {
      refuse(member, id, error);
    }
    member.underWay -= 1;
    member.underWayBytes -= bytes;
    if (
      member.waitsForDisk &&
      member.underWay < MAX_UNDER_WAY / 2 &&
      member.underWayBytes < MAX_UNDER_WAY_BYTES / 2
    ) {
      member.waitsForDisk = false;
      member.release();
    }
  }

  function take(member: Member, bytes: Buffer): void {
    const arrived = member.reader.read(bytes);
    if (!(arrived instanceof Arrived)) {
      refuse(member, arrived.id, arrived.error);
      if (!arrived.readable) member.sentRubbish();
      return;
    }
    const { header } = arrived;
    if (!member.mayTake(bytes.length)) {
      refuse(member, header.id, overloaded("messages of one connection"));
      return;
    }
    counts.received += 1;
    try {
      check(member, header);
      if (header.durable) void store(member, arrived);
      else {
        const start = header.from === undefined ? member.start : undefined;
        const crowded = router.live(member, arrived, {
          frame: bytes,
          start,
        });
        if (crowded.length > 0) slow.hold(member, crowded);
      }
    } catch (error) {
      refuse(member, header.id, error);
    }
  }

  function takeOne(member: Member, bytes: Buffer): void {
    try {
      take(member, bytes);
    } catch (error) {
      textLog.error("a message could not be taken in", {
        why: String(error),
      });
    }
  }

  return {
    frame(member, bytes) {
      if (bytes[1] !== MARK) takeOne(member, bytes);
      else for (const part of partsOf(bytes)) takeOne(member, part);
    },
    async send(member, params) {
      const { header, payload } = parseParams(Send, params);
      const bytes = Buffer.from(JSON.stringify(payload ?? null));
      if (bytes.length > MAX_BODY_BYTES)
        throw invalidField("payload", "is longer than 1 MiB");
      if (!member.mayTake(bytes.length))
        throw overloaded("messages of one connection");
      counts.received += 1;
      try {
        check(member, header);
        const parcel: Parcel = { header, payload: bytes };
        const { id } = header;
        if (!header.durable) {
          router.live(member, parcel);
          return { id };
        }
        const { seq } = await router.durable(member, parcel);
        return { id, seq };
      } catch (error) {
        counts.refused += 1;
        throw error;
      }
    },
  };
}
