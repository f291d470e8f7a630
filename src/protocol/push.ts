/** The file that keeps push notification configurations: they hold secrets, so they are kept apart from the log. */
import * as z from "zod";
import { PushConfig } from "./a2a.ts";

/** One configuration and how far it has come. */
export const StoredPush = z.object({
  config: PushConfig.extend({ id: z.string(), taskId: z.string() }),
  /** Who made it; nobody else sees it. */
  owner: z.string(),
  /** Place among all configurations ever made here, from 1. */
  order: z.number().int(),
  /** Generation of the task up to which the receiver has acknowledged everything. */
  acknowledged: z.number().int(),
});
export type StoredPush = z.infer<typeof StoredPush>;

/** The whole file. */
export const PushFile = z.object({
  v: z.literal(1),
  configs: z.array(StoredPush),
});
export type PushFile = z.infer<typeof PushFile>;
