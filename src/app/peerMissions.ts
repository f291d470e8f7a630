/** Missions with teammates as this app carries them: its team votes for them without a tool, its log tells them. */
import {
  shareMissions,
  type SharedMissions,
} from "../peering/missions/missions.ts";
import type { Peering } from "../peering/peering.ts";
import type { Team } from "../ports.ts";
import type { PeeringParts } from "./peering.ts";

/** What missions with teammates need of the app. */
export interface MissionParts {
  /** The team, once everybody sits. */
  readonly team: () => Promise<Team>;
  /** An empty folder that only this user can read. */
  readonly emptyRoot: () => Promise<string>;
  /** How long a hub may be away while its ballots are awaited, ms; 20 s when left out. */
  readonly graceMs?: number;
}

/** Takes part in missions with teammates from now on, and goes on with those of before. */
export function openPeerMissions(
  missions: MissionParts,
  parts: PeeringParts,
  table: Peering,
): Promise<SharedMissions> {
  const { log, clock, textLog, name, stopped, ours } = parts;
  return shareMissions({
    ...missions,
    ...{ log, clock, textLog, name, stopped, table },
    agents: (hubId) => table.agents(hubId),
    published: () => ours.published(),
  });
}
