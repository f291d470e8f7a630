import { hash } from "node:crypto";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { CHANNEL_LABEL } from "../../protocol/peerLink.ts";

const CHANNEL_BYTES = 32;

/** What both ends of a TLS 1.3 connection know of it once the handshake is done. */
export interface Channel {
  /** SHA-256 of the certificate at the other end, whose key it proved to hold. */
  readonly pin: string;
  /** base64 of keying material that only these two ends of this one connection can compute (RFC 8446, 7.5). */
  readonly binding: string;
  /** The application protocol they agreed on. */
  readonly protocol: string;
}

/** The channel of a socket whose handshake is done; undefined when it is not what we insist on: TLS 1.3, a certificate, a protocol, and no session of before. */
export function channelOf(socket: TLSSocket): Channel | undefined {
  // Nothing when the other end showed none, whatever the type says.
  const { raw } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  const protocol = socket.alpnProtocol;
  if (raw === undefined || !protocol) return undefined;
  if (socket.getProtocol() !== "TLSv1.3" || socket.isSessionReused())
    return undefined;
  return {
    pin: hash("sha256", raw),
    protocol,
    binding: socket
      .exportKeyingMaterial(CHANNEL_BYTES, CHANNEL_LABEL, Buffer.alloc(0))
      .toString("base64"),
  };
}

/** Whether TLS itself said no, and not the network. */
export function isTlsRefusal(error: Error): boolean {
  return (
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("ERR_SSL")
  );
}
