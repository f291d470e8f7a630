/** Characters of a hub's id that its electors carry; a teammate's agents are told apart by them, and belong to whom the whole id says. */
const DIGITS = 8;

/** The id of an agent as an elector in a mission of another hub: `qa@abcdefgh`. */
export function electorIdOf(agentId: string, hubId: string): string {
  return `${agentId}@${hubId.slice(0, DIGITS)}`;
}

/** The agent of the hub that an elector's id names; undefined when it is none of its. */
export function agentIdOf(
  electorId: string,
  hubId: string,
): string | undefined {
  const end = `@${hubId.slice(0, DIGITS)}`;
  const agentId = electorId.slice(0, -end.length);
  return electorId.endsWith(end) && agentId !== "" ? agentId : undefined;
}
