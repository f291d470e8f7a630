/**
 * What a card of A2A 1.0 needs besides, to be read by clients of 0.3: the JSON-RPC address, the transport, and the way to authenticate under
 * the names of that version. Members of security schemes stand beside those of 1.0 under the same scheme.
 */
export function legacyCardFields(
  rpcUrl: string,
  schemes: Readonly<Record<string, object>>,
): Readonly<Record<string, unknown>> {
  return {
    url: rpcUrl,
    preferredTransport: "JSONRPC",
    protocolVersion: "0.3.0",
    additionalInterfaces: [{ url: rpcUrl, transport: "JSONRPC" }],
    supportsAuthenticatedExtendedCard: true,
    securitySchemes: Object.fromEntries(
      Object.entries(schemes).map(([name, scheme]) => [
        name,
        { type: "http", scheme: "Bearer", ...scheme },
      ]),
    ),
    security: Object.keys(schemes).map((name) => ({ [name]: [] })),
  };
}
