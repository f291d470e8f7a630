/** A client that behaves, in a process of its own: asks the hub of the discovery file `FILE` something every 5 ms; sends how long the answers took, ms, when it is told to stop. */
import { readDiscovery } from "../../src/hub/discovery.ts";
import { openWebSocketClient } from "../hub/webSocketClient.ts";

const [file = ""] = process.argv.slice(2);
const { wsUrl, token } = await readDiscovery(file);
const client = await openWebSocketClient(wsUrl, token);
const started = (await client.call("SendMessage", {
  tenant: "worker",
  message: {
    messageId: "probe",
    role: "ROLE_USER",
    parts: [{ text: "echo x" }],
  },
})) as { readonly task: { readonly id: string } };
const { id } = started.task;
const took: number[] = [];
const stop = new AbortController();
process.on("message", () => {
  stop.abort();
});
// The test is gone, or has ended this early.
process.on("disconnect", () => process.exit(1));
process.send?.("ready");
while (!stop.signal.aborted) {
  const from = performance.now();
  await client.call("GetTask", { id });
  took.push(performance.now() - from);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await client.close();
process.send?.(took, () => {
  process.disconnect();
});
