// An agent from outside: TOKEN=… node agent.mjs ws://127.0.0.1:PORT/ws (docs/agents.md explains the frames)
import { setTimeout as pause } from "node:timers/promises";

const socket = new globalThis.WebSocket(process.argv[2], {
  protocols: ["a2a.v1"],
  headers: { authorization: `Bearer ${process.env.TOKEN}` },
});
const canceled = new Set();
const send = (frame) =>
  socket.send(JSON.stringify({ jsonrpc: "2.0", ...frame }));
const tell = (what, params) => send({ method: `task/${what}`, params });
const skill = { id: "text_turn", name: "Turn", tags: ["text"] };
const here = { url: "urn:x", protocolBinding: "NONE", protocolVersion: "1.0" };
const card = { name: "Turner", description: "Turns text.", version: "1" };
card.supportedInterfaces = [here];
card.capabilities = { streaming: true };
card.defaultInputModes = card.defaultOutputModes = ["text/plain"];
card.skills = [{ ...skill, description: "Turns text round, word by word." }];

async function work({ taskId, contextId, message }) {
  const status = (state) =>
    tell("status", { taskId, contextId, status: { state } });
  status("TASK_STATE_WORKING");
  for (const word of message.parts[0].text.split(" ").reverse()) {
    await pause(Number(process.env.PACE ?? 0));
    if (canceled.delete(taskId)) return status("TASK_STATE_CANCELED");
    const artifact = { artifactId: "turned", parts: [{ text: `${word} ` }] };
    tell("artifact", { taskId, artifact, append: true });
  }
  status("TASK_STATE_COMPLETED");
}

const params = { agentId: "turner", role: "text", lineage: "none", card };
socket.onopen = () => send({ id: 1, method: "agent/register", params });
socket.onmessage = async ({ data }) => {
  const { id, method, params } = JSON.parse(data);
  if (method === "task/cancel") canceled.add(params.taskId);
  if (method === "task/execute") await work(params); // answered once it has ended
  if (method && id !== undefined) send({ id, result: {} }); // agent/health, too
};
