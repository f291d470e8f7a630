/** A socket.io relay between rooms. Prints its port. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

const http = createServer();
const server = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
});
server.on("connection", (socket) => {
  socket.on("join", async (name: string, done: () => void) => {
    await socket.join(name);
    done();
  });
  socket.on("to", (name: string, text: string) => {
    server.to(name).emit("message", text);
  });
});
http.listen(0, "127.0.0.1");
await once(http, "listening");
process.stdout.write(
  `${JSON.stringify({ port: (http.address() as AddressInfo).port, token: "" })}\n`,
);
