import type { Plant } from "./plant.ts";

const TOPICS = "test/hub/messaging/topics.test.ts";
const PATTERNS = "test/hub/messaging/patterns.test.ts";
const PUSH = "test/hub/push.test.ts";
const WIRE = "test/hub/messaging/wire.test.ts";

/** Bugs of live messages and of push notifications, and of what monitoring tells. */
export const MESSAGE_PLANTS: readonly Plant[] = [
  {
    name: "topic-star-takes-two-segments",
    file: "src/hub/messaging/topics.ts",
    find: "if (any !== undefined) collect(any, segments, at + 1, found);",
    replace:
      "if (any !== undefined) for (const to of [at + 1, at + 2]) collect(any, segments, to, found);",
    breaks: "`*` stands for exactly one segment.",
    tests: [TOPICS],
  },
  {
    name: "topic-hash-needs-a-segment",
    file: "src/hub/messaging/topics.ts",
    find: "for (const subscriber of branch.rest) found.add(subscriber);",
    replace:
      "if (at < segments.length) for (const subscriber of branch.rest) found.add(subscriber);",
    breaks: "`#` stands for no segment too.",
    tests: [TOPICS],
  },
  {
    name: "topic-audience-out-of-date",
    file: "src/hub/messaging/topics.ts",
    find: "(rest ? end.rest : end.here).delete(subscriber);\n      });\n      remembered.clear();",
    replace: "(rest ? end.rest : end.here).delete(subscriber);\n      });",
    breaks: "Who unsubscribed hears nothing more.",
    tests: [TOPICS],
  },
  {
    name: "answer-from-a-stranger",
    file: "src/hub/messaging/requests.ts",
    find: "`${asked} ${correlationId}`;",
    replace: "`${asked.slice(0, 0)} ${correlationId}`;",
    breaks: "A request is answered by who was asked and nobody else.",
    tests: [PATTERNS],
  },
  {
    name: "answer-to-whoever-was-addressed",
    file: "src/hub/messaging/router.ts",
    find: "giveOne(open.asker, outgoing);",
    replace: "giveOne(memberOf(address.name), outgoing);",
    breaks: "An answer goes to who asked, whatever its address says.",
    tests: [PATTERNS],
  },
  {
    name: "sender-as-it-says",
    file: "src/hub/messaging/inbound.ts",
    find: "if (from !== undefined && !member.speaksAs(from))",
    replace: 'if (from === "" && !member.speaksAs(from))',
    breaks: "Nobody sends in another's name.",
    tests: [PATTERNS],
  },
  {
    name: "expired-is-passed-on-live",
    file: "src/hub/messaging/wire.ts",
    find: "if (item.expiresAt !== 0 && item.expiresAt <= this.#tookAt) {",
    replace: "if (item.expiresAt !== 0 && item.expiresAt < 0) {",
    breaks: "What expires while it waits for a slow reader is dropped.",
    tests: [WIRE],
  },
  {
    name: "slow-reader-without-bound",
    file: "src/hub/messaging/wire.ts",
    find: "if (waiting > 0 && waiting + this.#turnBytes + size > MAX_MESSAGE_BYTES) {",
    replace: "if (waiting < 0) {",
    breaks: "No more than a mebibyte of messages waits for one reader.",
    tests: [WIRE],
  },
  {
    name: "push-redirect-taken-for-a-yes",
    file: "src/hub/push/post.ts",
    find: "if (status >= 200 && status < 300)",
    replace: "if (status >= 200 && status < 400)",
    breaks: "A redirect is no acknowledgement.",
    tests: [PUSH],
  },
  {
    name: "push-to-a-half-private-name",
    file: "src/hub/push/targets.ts",
    find: "!addresses.every(",
    replace: "!addresses.some(",
    breaks: "A name with one private address among public ones gets nothing.",
    tests: [PUSH],
  },
  {
    name: "push-to-ipv4-in-ipv6",
    file: "src/hub/push/addresses.ts",
    find: 'GLOBAL_V6.check(address, "ipv6") &&',
    replace: '!address.startsWith("fe80") &&',
    breaks: "Loopback and private addresses are private in every spelling.",
    tests: [PUSH],
  },
  {
    name: "push-looks-the-name-up-again",
    file: "src/hub/push/post.ts",
    find: "lookup: (_host, { all }, found)",
    replace: "unused: (_host, { all }, found)",
    breaks: "A notification goes to the address that was judged.",
    tests: [PUSH],
  },
  {
    name: "push-cursor-before-the-acknowledgement",
    file: "src/hub/push/push.ts",
    find: "const posted: Posted = await deliver(",
    replace:
      "stored.acknowledged = generationOf(item);\n      const posted: Posted = await deliver(",
    breaks: "A notification counts as told once its receiver said so.",
    tests: [PUSH],
  },
  {
    name: "push-tries-for-ever",
    file: "src/hub/push/delivery.ts",
    find: "tries === MAX_TRIES",
    replace: "tries > MAX_TRIES",
    breaks: "A receiver that never takes a notification is given up.",
    tests: [PUSH],
  },
  {
    name: "metrics-label-sets-unbounded",
    file: "src/hub/monitoring/counters.ts",
    find: "const over = all.size >= MAX_SERIES;",
    replace: "const over = false;",
    breaks: "Nobody's names can fill the memory of the metrics.",
    tests: ["test/hub/monitoring/counters.test.ts"],
  },
  {
    name: "trace-sends-everything",
    file: "src/adapters/telemetry/toReadable.ts",
    find: "const as = ALLOWED[name];",
    replace: "const as = ALLOWED[name] ?? name;",
    breaks: "Only attributes on the list leave the machine.",
    tests: ["test/adapters/telemetry/openTraces.test.ts"],
  },
  {
    name: "trace-sends-free-text",
    file: "src/adapters/telemetry/toReadable.ts",
    find: 'if (typeof value === "number" || NAME.test(value)) out[as] = value;',
    replace: "out[as] = value;",
    breaks: "No text that is more than a name leaves the machine.",
    tests: ["test/adapters/telemetry/openTraces.test.ts"],
  },
];
