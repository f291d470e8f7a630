/** Work spread over hubs, as people ask for it and see it: answers of the methods `peers/coordinate`, `peers/job`, `peers/jobs`, `peers/handOver` and `peers/statusReport`. Times are ms since 1970. */
import * as z from "zod";
import { HubId, HubReport, RoomId } from "./peer.ts";

/** Request `peers/coordinate`: cuts a goal into parts and gives them to hubs. The answer is `{room}`. */
export const Coordinate = z.object({
  goal: z.string().trim().min(1).max(4000),
  /** Names or ids of the hubs that do it, this one among them if it is named; this one and every connected one when unset. */
  hubs: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
});

/** Answer to `peers/coordinate`. */
export const JobOpened = z.object({ room: RoomId });

/** Request `peers/job`. */
export const JobNamed = z.object({ room: RoomId });

/** Request `peers/handOver`: another hub of the job coordinates it from now on. `to` is its name or id. The answer is a {@link JobShown}. */
export const HandOver = z.object({
  room: RoomId,
  to: z.string().min(1).max(64),
});

/** A job as people see it. */
export const JobShown = z.object({
  room: RoomId,
  goal: z.string(),
  /** `done`, or how many parts are. */
  state: z.string(),
  done: z.boolean(),
  members: z.array(z.object({ hubId: HubId, name: z.string() })),
  /** Who coordinates it now, as far as known here. */
  coordinator: z
    .object({ hubId: HubId, name: z.string(), term: z.number().int() })
    .optional(),
  parts: z.array(
    z.object({
      partId: z.string(),
      goal: z.string(),
      state: z.enum(["waiting", "given", "done", "failed"]),
      /** Who has it, or handed in what counts. */
      hub: z.string().optional(),
      agent: z.string().optional(),
      text: z.string().optional(),
    }),
  ),
  /** What was gathered, once it is done. */
  text: z.string().optional(),
});
export type JobShown = z.infer<typeof JobShown>;

/** Answer to `peers/jobs`, the latest opened last. */
export const JobsShown = z.object({ jobs: z.array(JobShown) });

/** Answer to `peers/statusReport`: how this hub and every connected one is, as each told last. */
export const StatusReport = z.object({
  at: z.number().int(),
  hubs: z.array(
    z.object({
      hubId: HubId,
      name: z.string(),
      state: z.string(),
      latencyMs: z.number().optional(),
      report: HubReport.optional(),
    }),
  ),
  /** The same for people. */
  text: z.string(),
});
export type StatusReport = z.infer<typeof StatusReport>;
