import { connect, type TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import type { HubIdentity } from "../../ports/peering.ts";
import { MAX_PEER_FRAME, PEER_SUBPROTOCOL } from "../../protocol/peer.ts";
import { channelOf, isTlsRefusal, type Channel } from "./channel.ts";
import { peerRefused, peerUnreachable } from "./trouble.ts";
import { createWire, type Wire } from "./wire.ts";

/** Whom to call, and as whom. */
export interface Call {
  readonly host: string;
  readonly port: number;
  readonly identity: HubIdentity;
  /** The certificate that must answer. */
  readonly pin: string;
  /** Application protocol. */
  readonly protocol: string;
  /** What it means when the hub there ends the connection before a word: a sentence. */
  readonly notLetIn: string;
}

/**
 * Calls a hub. Not a byte of application data leaves before the certificate that answers is the pinned one. Rejects with `peer-unreachable`
 * when nobody answers, with `peer-refused` when another hub does or the hub there does not know us, with the signal's reason when aborted.
 */
export async function dial(
  call: Call,
  signal: AbortSignal,
): Promise<{ readonly wire: Wire; readonly channel: Channel }> {
  const tls = await secured(call, signal);
  const channel = channelOf(tls);
  if (channel?.pin !== call.pin || channel.protocol !== call.protocol) {
    tls.destroy();
    throw peerRefused(
      `Another hub answers at ${call.host}, port ${String(call.port)}: it does not hold the certificate that is pinned.`,
      "Nothing was sent to it. Somebody may stand in between: ask your teammate, and pair again only when the other hub was set up anew.",
    );
  }
  return { wire: await upgraded(tls, call.notLetIn, signal), channel };
}

function secured(call: Call, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port, identity } = call;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const tls = connect({
      host,
      port,
      cert: identity.certificate,
      key: identity.certificateKey,
      minVersion: "TLSv1.3",
      maxVersion: "TLSv1.3",
      // No authority signs these certificates: the pin decides, before anything is sent.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ALPNProtocols: [call.protocol],
    });
    tls.setNoDelay(true);
    const stop = (): void => {
      tls.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
    // Stays: without a listener a later reset would end the process.
    tls.on("error", (cause: Error) => {
      signal.removeEventListener("abort", stop);
      reject(
        isTlsRefusal(cause)
          ? peerRefused(
              `What answers at ${host}, port ${String(port)} is no hub that would speak with this one.`,
            )
          : peerUnreachable(host, port, cause),
      );
    });
    tls.once("secureConnect", () => {
      signal.removeEventListener("abort", stop);
      resolve(tls);
    });
  });
}

/** A TLS 1.3 client is done before the server looked at its certificate: one that does not know us ends the connection here. */
function upgraded(
  tls: TLSSocket,
  notLetIn: string,
  signal: AbortSignal,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    // VS Code takes every request of an extension through the user's proxy, but those of local sockets. There is a connection already: the name of one is used for nothing.
    const socket = new WebSocket("ws+unix:/hub:/", [PEER_SUBPROTOCOL], {
      createConnection: () => tls,
      perMessageDeflate: false,
      autoPong: false,
      followRedirects: false,
      maxPayload: MAX_PEER_FRAME,
    });
    const stop = (): void => {
      socket.terminate();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.once("error", () => {
      signal.removeEventListener("abort", stop);
      tls.destroy();
      reject(peerRefused(notLetIn));
    });
    socket.once("open", () => {
      signal.removeEventListener("abort", stop);
      resolve(createWire(socket));
    });
    if (signal.aborted) stop();
  });
}
