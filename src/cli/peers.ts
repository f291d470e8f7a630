import type { PeerLine, PeersShown, RoomLine } from "../protocol/peers.ts";
import { peerDesk, peerNamed, scopesOf } from "./peerDesk.ts";
import { createPrinter, type Printer } from "./print.ts";
import type { HubChoice } from "./runningHub.ts";
import { harmless } from "./text.ts";

/** Flags of `roundtable peers …`. */
export interface PeersOptions extends HubChoice {
  readonly json?: boolean;
}

/** Shows everything about the peers of a running hub; returns the exit code. */
export async function listPeers(options: PeersOptions): Promise<number> {
  const desk = await peerDesk(options);
  const shown = await desk.shown();
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  tellHub(shown, printer);
  for (const peer of shown.peers) tellPeer(peer, printer);
  if (shown.peers.length === 0)
    printer.line(
      "No peers. `roundtable share` invites a teammate's hub, `roundtable join` takes an invitation.",
    );
  for (const { pairingId, name, words, waitsFor } of shown.pairings)
    printer.line(
      waitsFor === "ours"
        ? `${harmless(name)} wants to pair. Words: ${words.join(" ")}. Same there? roundtable peers confirm ${pairingId}`
        : `Waiting for the answer at ${harmless(name)}.`,
    );
  for (const room of shown.rooms) tellRoom(room, printer);
  if (shown.tasks.length > 0)
    printer.line(
      `${String(shown.tasks.length)} ${shown.tasks.length === 1 ? "task" : "tasks"} across hubs: roundtable peers tasks`,
    );
  return 0;
}

function tellHub(shown: PeersShown, printer: Printer): void {
  const { name, hubId, listening, invitations } = shown;
  printer.heading(`${name}  ${hubId.slice(0, 12)}`);
  printer.line(
    listening === undefined
      ? "It does not listen for teammates."
      : `It listens for teammates on ${listening.host}:${String(listening.port)}.`,
  );
  for (const { expiresAt, scopes } of invitations)
    printer.line(
      `An invitation is open until ${new Date(expiresAt).toTimeString().slice(0, 5)}: ${scopes.join(", ")}.`,
    );
}

function tellPeer(peer: PeerLine, printer: Printer): void {
  const { name, state, latencyMs, scopes, theirs, agents, waiting } = peer;
  const words = [
    state,
    ...(latencyMs === undefined ? [] : [`${latencyMs.toFixed(0)} ms`]),
    ...(waiting === 0 ? [] : [`${String(waiting)} messages wait for it`]),
  ];
  printer.line(`${harmless(name).padEnd(16)} ${words.join(", ")}`);
  const indent = " ".repeat(17);
  printer.line(
    `${indent}may here: ${scopes.join(", ") || "nothing"}; we may there: ${theirs.join(", ") || "nothing, as far as it told"}`,
  );
  if (agents.length > 0)
    printer.line(
      `${indent}agents: ${agents.map(({ agentId }) => agentId).join(", ")}`,
    );
  if (peer.problem !== undefined)
    printer.line(`${indent}${harmless(peer.problem)}`);
}

function tellRoom(
  { kind, room, title, state, coordinator }: RoomLine,
  printer: Printer,
): void {
  const who =
    coordinator === undefined
      ? ""
      : `, ${harmless(coordinator.name)} coordinates`;
  const first = harmless(title).split("\n", 1)[0] ?? "";
  printer.line(`${kind} ${room}: ${first.slice(0, 60)} (${state}${who})`);
}

/** What a peer may do here from now on; returns the exit code. */
export async function setScopes(
  name: string,
  list: string,
  options: PeersOptions,
): Promise<number> {
  const scopes = scopesOf(list);
  const desk = await peerDesk(options);
  const { hubId } = await peerNamed(desk, name);
  await desk.ask("peers/setScopes", { hubId, scopes });
  return told(
    options,
    { hubId, scopes },
    `${harmless(name)} may ${scopes.join(", ") || "do nothing"} here.`,
  );
}

/** Makes a peer a stranger; returns the exit code. */
export async function revokePeer(
  name: string,
  options: PeersOptions,
): Promise<number> {
  return byName(
    "peers/revoke",
    name,
    options,
    "is a stranger from now on; what it said is kept.",
  );
}

/** Lists a peer no longer; returns the exit code. */
export async function forgetPeer(
  name: string,
  options: PeersOptions,
): Promise<number> {
  return byName("peers/forget", name, options, "is no longer listed.");
}

async function byName(
  method: string,
  name: string,
  options: PeersOptions,
  words: string,
): Promise<number> {
  const desk = await peerDesk(options);
  const { hubId } = await peerNamed(desk, name);
  await desk.ask(method, { hubId });
  return told(options, { hubId }, `${harmless(name)} ${words}`);
}

/** Answers for the person here whether both saw the same words; returns the exit code. */
export async function confirmPairing(
  pairingId: string,
  options: PeersOptions & { readonly differ?: boolean },
): Promise<number> {
  const desk = await peerDesk(options);
  const same = options.differ !== true;
  await desk.ask("peers/confirm", { pairingId, same });
  const words = same
    ? "Said that both see the same words."
    : "Said that the words differ; nothing was granted.";
  return told(options, { pairingId, same }, words);
}

/** Prints how this hub and its peers are, each asked now where it can be; returns the exit code. */
export async function reportPeers(options: PeersOptions): Promise<number> {
  const desk = await peerDesk(options);
  const answer = await desk.ask("peers/statusReport");
  if (options.json === true)
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    const { text } = answer as { readonly text: string };
    for (const line of text.split("\n"))
      createPrinter(process.stdout).line(line);
  }
  return 0;
}

/** Prints what was done, for a program or for a person; returns the exit code, 0. */
export function told(
  { json }: PeersOptions,
  value: object,
  words: string,
): number {
  if (json === true) process.stdout.write(`${JSON.stringify(value)}\n`);
  else createPrinter(process.stdout).line(words);
  return 0;
}
