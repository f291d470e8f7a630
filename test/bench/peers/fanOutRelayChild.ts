/** The bare fan-out: a frame from /publish is built once and goes to every socket on /subscribe, all frames of a turn in one write. Prints its port. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";

const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
const subscribers = new Set<Socket>();
let batch: Buffer[] = [];

function flush(): void {
  const bytes = Buffer.concat(batch);
  batch = [];
  for (const wire of subscribers) wire.write(bytes);
}

webSockets.on("connection", (socket, request) => {
  socket.on("error", () => undefined);
  if (request.url === "/subscribe") {
    subscribers.add(request.socket);
    socket.on("close", () => subscribers.delete(request.socket));
    return;
  }
  socket.on("message", (data: Buffer) => {
    if (batch.length === 0) setImmediate(flush);
    // A whole text frame of 126 to 65,535 bytes; a server's is not masked.
    batch.push(
      Buffer.from([0x81, 126, data.length >> 8, data.length & 255]),
      data,
    );
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(
  `${JSON.stringify({ port: (server.address() as AddressInfo).port, token: "" })}\n`,
);
