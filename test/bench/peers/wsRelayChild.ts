/** The bare relay: passes frames between the sockets /a and /b as they come, written together per turn. Prints its port. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";

const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
const ends = new Map<string, { socket: WebSocket; wire: Socket }>();
const corked = new Set<Socket>();

webSockets.on("connection", (socket, request) => {
  request.socket.setNoDelay(true);
  ends.set(request.url?.slice(1) ?? "", { socket, wire: request.socket });
  socket.on("error", () => undefined);
  socket.on("message", (frame: Buffer) => {
    const to = ends.get(String.fromCharCode(frame[0] ?? 0));
    if (to === undefined) return;
    if (!corked.has(to.wire)) {
      if (corked.size === 0)
        setImmediate(() => {
          for (const wire of corked) wire.uncork();
          corked.clear();
        });
      corked.add(to.wire);
      to.wire.cork();
    }
    to.socket.send(frame, { binary: false });
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(
  `${JSON.stringify({ port: (server.address() as AddressInfo).port, token: "" })}\n`,
);
