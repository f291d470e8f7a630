const OF_A_PEER = "peer:";

/** Who speaks for a teammate's hub at this one. No agent can have such a name. */
export function peerName(hubId: string): string {
  return `${OF_A_PEER}${hubId}`;
}

/** Whether a name stands for a teammate's hub. */
export function isPeerName(name: string): boolean {
  return name.startsWith(OF_A_PEER);
}
