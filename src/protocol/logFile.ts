/**
 * Missions as a file: JSON Lines in UTF-8. First a header, then each event as it is stored, last the SHA-256 of everything before.
 * Archives have the same shape, compressed with gzip.
 */
import * as z from "zod";

/** What one mission of the file is, so that it can be listed without reading its events. */
export const LogFileMission = z.looseObject({
  missionId: z.string().min(1).max(512),
  /** What was asked; null for a conversation that is no mission. */
  goal: z.string().nullable(),
  kind: z.string().nullable(),
  openedAt: z.number().int(),
  events: z.number().int().min(1),
  /** Hash of its last event. */
  tip: z.string().regex(/^[0-9a-f]{64}$/),
});
export type LogFileMission = z.infer<typeof LogFileMission>;

/** The first line. */
export const LogFileHeader = z.looseObject({
  format: z.literal("roundtable-log"),
  version: z.literal(1),
  /** The hub it comes from: 16 hex digits that stand for the log it was read from. */
  hub: z.string().max(64),
  /** When it was written, ms since 1970. */
  at: z.number().int(),
  events: z.number().int().min(0),
  missions: z.array(LogFileMission),
});
export type LogFileHeader = z.infer<typeof LogFileHeader>;

/** The last line: the SHA-256 of all lines before it, their line feeds included. */
export const LogFileEnd = z.looseObject({
  events: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
