/** Messages that could not be delivered: what the owner of a hub asks about them, `deadLetters/…` over JSON-RPC, and the answers. */
import * as z from "zod";
import { EnvelopeHeader } from "./envelope.ts";

/** Parameters of `deadLetters/list`. */
export const DeadLettersQuery = z.object({
  /** Only those of this mailbox. */
  mailbox: z.string().max(256).optional(),
  /** Only those with a higher number: the last one of the page before. */
  after: z.number().int().min(0).optional(),
  limit: z.number().int().min(1).max(100).default(100),
});
export type DeadLettersQuery = z.infer<typeof DeadLettersQuery>;

/** Parameters of `deadLetters/get`, `deadLetters/resend` and `deadLetters/drop`. */
export const DeadLetterNamed = z.object({ no: z.number().int().min(1) });

/** A dead letter without its payload. */
export const DeadLetterLine = z.object({
  no: z.number().int(),
  mailbox: z.string(),
  seq: z.number().int(),
  /** When it was given up, ms since 1970. */
  at: z.number().int(),
  why: z.string(),
  /** Tries that failed, oldest first. */
  failures: z.array(z.object({ at: z.number().int(), why: z.string() })),
  header: EnvelopeHeader,
  /** Size of the payload. */
  bytes: z.number().int(),
});
export type DeadLetterLine = z.infer<typeof DeadLetterLine>;

/** Answer of `deadLetters/list`, lowest number first. */
export const DeadLettersPage = z.object({
  deadLetters: z.array(DeadLetterLine),
});

/** Answer of `deadLetters/get`; `payload` is the text as it was sent. */
export const DeadLetterFull = DeadLetterLine.extend({ payload: z.string() });
export type DeadLetterFull = z.infer<typeof DeadLetterFull>;
