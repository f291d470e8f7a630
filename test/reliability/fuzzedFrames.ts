/** Frames that were valid once, spoilt in a way that a seed decides. */
import type { Seeded } from "./seeded.ts";

const message = {
  messageId: "m",
  role: "ROLE_USER",
  parts: [{ text: "echo x" }],
};
const register = {
  agentId: "fuzz",
  role: "fuzz",
  lineage: "test-1",
  card: {
    name: "fuzz",
    description: "d",
    version: "1",
    supportedInterfaces: [],
    capabilities: {},
    defaultInputModes: [],
    defaultOutputModes: [],
    skills: [],
  },
};
const header = { id: "e", to: "topic:a.b" };

/** Every method a socket answers to, with what it likes to be asked. */
const REQUESTS: readonly (readonly [string, unknown])[] = [
  ["SendMessage", { tenant: "worker", message }],
  ["SendStreamingMessage", { tenant: "worker", message }],
  ["GetTask", { id: "t", historyLength: 3 }],
  ["ListTasks", { pageSize: 10, contextId: "c", status: "TASK_STATE_WORKING" }],
  ["CancelTask", { id: "t" }],
  ["SubscribeToTask", { id: "t", afterGeneration: 3 }],
  ["GetExtendedAgentCard", {}],
  [
    "CreateTaskPushNotificationConfig",
    { taskId: "t", url: "http://127.0.0.1:1/x" },
  ],
  ["agent/register", register],
  ["agents/list", {}],
  ["task/status", { taskId: "t", status: { state: "TASK_STATE_WORKING" } }],
  [
    "task/artifact",
    { taskId: "t", artifact: { artifactId: "a", parts: [{ text: "x" }] } },
  ],
  ["task/text", { taskId: "t", delta: "x" }],
  ["deadLetters/list", { limit: 3 }],
  ["deadLetters/resend", { no: 1 }],
  ["envelope/send", { header, payload: { a: 1 } }],
  ["envelope/subscribe", { topics: ["a.*", "b.#"] }],
  ["envelope/unsubscribe", { topics: ["a.*"] }],
  ["envelope/ack", { seqs: [1, 2], name: "n" }],
  ["envelope/refuse", { seq: 1, why: "w" }],
];

const HEADERS: readonly object[] = [
  { id: "e", to: "topic:a.b", priority: 7 },
  { id: "e", to: "agent:worker", type: "request", expiresAt: 1 },
  {
    id: "e",
    to: "role:fuzz",
    correlationId: "c",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  },
  { id: "e", to: "skill:*", type: "response", more: true, correlationId: "e" },
  { id: "e", to: "everyone", type: "broadcast", at: 1 },
  {
    id: "e",
    to: "agent:fuzz",
    type: "heartbeat",
    from: "client",
    seq: 3,
    attempt: 1,
  },
];

const FRAMES: readonly Buffer[] = [
  ...REQUESTS.flatMap(([method, params]) => [
    { jsonrpc: "2.0", id: 7, method, params },
    { jsonrpc: "2.0", method, params },
  ]),
  {
    jsonrpc: "2.0",
    id: 7,
    method: "SubscribeToTask",
    params: { id: "t" },
    serviceParams: {
      "A2A-Version": "1.0",
      "Stream-Credit": "4",
      "Last-Event-ID": "3",
    },
  },
  { jsonrpc: "2.0", id: 7, credit: 3 },
  { jsonrpc: "2.0", id: 7, cancelStream: true },
  { jsonrpc: "2.0", id: 7, result: {} },
  { jsonrpc: "2.0", id: 7, error: { code: -32603, message: "m", data: [] } },
]
  .map((frame) => Buffer.from(JSON.stringify(frame)))
  .concat(
    HEADERS.map((one) => Buffer.from(`!${JSON.stringify(one)}\n{"n":1}`)),
  );

/** What parsers and maps stumble over. */
const TOKENS = [
  "null",
  "-1",
  "1e999",
  "9007199254740993",
  '""',
  "[]",
  "{}",
  "true",
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"\\u0000"',
  '"\\ud800"',
  "!",
  "\n",
  '{"id":',
  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
  '"a":{"a":{"a":',
  "\u2028",
  "🤖",
  ",",
  ":",
  "}",
  '"id":"x","id":"y"',
  '"durable":true',
  `"${"x".repeat(5000)}"`,
].map((token) => Buffer.from(token));

/** Values in the place of others: the frame stays JSON, and means something else. */
const VALUES = /"[^"\\]*"|-?\d+|true|false/g;

function other(frame: Buffer, random: Seeded): Buffer {
  const text = frame.toString("latin1");
  const places = [...text.matchAll(VALUES)];
  if (places.length === 0) return frame;
  const { index, 0: old } = random.of(places);
  return Buffer.concat([
    frame.subarray(0, index),
    random.of(TOKENS),
    frame.subarray(index + old.length),
  ]);
}

/** One change of a frame. */
const CHANGES: readonly ((frame: Buffer, random: Seeded) => Buffer)[] = [
  other,
  other,
  other,
  // A bit flips.
  (frame, random) => {
    const at = random.below(frame.length);
    const changed = Buffer.from(frame);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(7));
    return changed;
  },
  // A piece is missing.
  (frame, random) => {
    const at = random.below(frame.length);
    return Buffer.concat([
      frame.subarray(0, at),
      frame.subarray(at + 1 + random.below(12)),
    ]);
  },
  // It ends early.
  (frame, random) => frame.subarray(0, random.below(frame.length)),
  // A piece comes twice.
  (frame, random) => {
    const at = random.below(frame.length);
    const end = at + random.below(40);
    return Buffer.concat([frame.subarray(0, end), frame.subarray(at)]);
  },
  // Something is put in.
  (frame, random) => {
    const at = random.below(frame.length);
    return Buffer.concat([
      frame.subarray(0, at),
      random.of(TOKENS),
      frame.subarray(at),
    ]);
  },
  // Two halves of different frames.
  (frame, random) => {
    const tail = random.of(FRAMES);
    return Buffer.concat([
      frame.subarray(0, random.below(frame.length)),
      tail.subarray(random.below(tail.length)),
    ]);
  },
  // Any byte at all, most often no UTF-8.
  (frame, random) => {
    const changed = Buffer.from(frame);
    changed[random.below(frame.length)] = random.below(256);
    return changed;
  },
];

/** The next frame: a valid one, changed once to three times. */
export function fuzzedFrame(random: Seeded): Buffer {
  let frame = random.of(FRAMES);
  for (
    let change = random.below(3);
    change >= 0 && frame.length > 0;
    change -= 1
  )
    frame = random.of(CHANGES)(frame, random);
  return frame;
}
