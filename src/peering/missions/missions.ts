/** Missions with teammates: one hub is their home, the others see them and vote. */
import { homedir } from "node:os";
import { RoundtableError } from "../../core/errors.ts";
import type { Clock, EventLog, Team, TextLog } from "../../ports.ts";
import type { Elector } from "../../protocol/consensus.ts";
import type { RecordedOf } from "../../protocol/event.ts";
import type { PublishedAgent } from "../../protocol/peer.ts";
import type { PeeringTable, Room } from "../rooms.ts";
import { federate, type Federation } from "./federate.ts";
import { inviteElectors } from "./invite.ts";
import { hider } from "./outgoing.ts";
import { openVoice } from "./voice.ts";
import { GRACE_MS, openVoters, type FarVoters } from "./voters.ts";
import { teamAcross } from "./team.ts";

/** Longest title of a room, characters. */
const MAX_TITLE = 4000;
const MAX_NAME = 64;

/** What missions with teammates need. */
export interface MissionsParts {
  readonly table: PeeringTable;
  /** Agents of a peer whose cards are trusted. */
  readonly agents: (hubId: string) => readonly PublishedAgent[];
  /** Our agents that peers may see. */
  readonly published: () => readonly PublishedAgent[];
  /** What this hub calls itself. */
  readonly name: () => string;
  /** The team of this hub, once everybody who is published sits. */
  readonly team: () => Promise<Team>;
  readonly stopped: () => boolean;
  /** An empty folder that only this user can read. */
  readonly emptyRoot: () => Promise<string>;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  /** How long a hub may be away while its ballots are awaited, ms; 20 s when left out. */
  readonly graceMs?: number;
}

/** Missions with teammates, from either side. */
export interface SharedMissions {
  /** The electors that named peers send, as {@link inviteElectors} says. */
  invite(
    named: readonly string[],
    weigh: (lineage: string, role: string) => number,
  ): readonly Elector[];
  /** Opens the mission's room, or goes on with it, and gives the team that reaches its electors. Rejects with `peer-refused` or `peering-failed`. */
  join(opening: RecordedOf<"MissionOpened">, team: Team): Promise<Team>;
  /** Resolves when everything so far that may be told of missions here has been said. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}

/** Goes on with the shared missions of the log: what was not told is told, and what was asked is answered. */
export async function shareMissions(
  parts: MissionsParts,
): Promise<SharedMissions> {
  const { table, log, clock, textLog } = parts;
  // Whose machine this is, is nobody's business.
  const folders = [homedir()];
  const self = await table.self();
  const federations = new Map<string, Federation>();
  const voters = new Map<string, FarVoters>();

  const tell = (room: Room): void => {
    if (room.kind !== "mission" || room.home !== self) return;
    if (!federations.has(room.id))
      federations.set(room.id, federate(room, { log, textLog, self, folders }));
  };

  for (const room of table.rooms()) tell(room);
  const voice = openVoice({ ...parts, self });

  const roomOf = async ({
    missionId,
    data,
  }: RecordedOf<"MissionOpened">): Promise<Room> => {
    const known = table.room(missionId);
    if (known !== undefined) return known;
    const hubs = new Set(
      data.electorate.map(({ hub }) => hub).filter((hub) => hub !== "local"),
    );
    const peers = table.peers().filter(({ hubId }) => hubs.has(hubId));
    if (peers.length < hubs.size)
      throw new RoundtableError(
        "peer-refused",
        "A teammate who was invited to this mission is not paired any more.",
        "Nothing is lost. Pair again and resume the mission, or stop it and start one without them.",
      );
    return table.open({
      id: missionId,
      kind: "mission",
      opening: {
        kind: "roomOpened",
        room: "mission",
        title: hider([...folders, data.repo.root])(data.goal).slice(
          0,
          MAX_TITLE,
        ),
        members: [
          { hubId: self, name: parts.name().slice(0, MAX_NAME) },
          ...peers.map(({ hubId, name }) => ({
            hubId,
            name: name.slice(0, MAX_NAME),
          })),
        ],
        electorate: data.electorate,
      },
    });
  };

  return {
    invite: (named, weigh) => inviteElectors(named, parts, weigh),
    async join(opening, team) {
      const { missionId, data } = opening;
      const room = await roomOf(opening);
      tell(room);
      const known = voters.get(missionId);
      const own =
        known ??
        openVoters({
          table,
          room,
          self,
          electorate: data.electorate,
          log,
          clock,
          textLog,
          folders: [...folders, data.repo.root],
          graceMs: parts.graceMs ?? GRACE_MS,
        });
      voters.set(missionId, own);
      return teamAcross(team, own, data.electorate);
    },
    async settled() {
      await Promise.all([...federations.values()].map((one) => one.settled()));
    },
    async dispose() {
      for (const one of voters.values()) one.dispose();
      await voice.dispose();
      await Promise.all([...federations.values()].map((one) => one.dispose()));
    },
  };
}
