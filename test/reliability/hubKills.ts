import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type WebSocket from "ws";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import type { RoundtableError } from "../../src/core/errors.ts";
import type { Discovered } from "../../src/hub/discovery.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import type { Got } from "../hub/messaging/envelopeClient.ts";
import { openEnvelopeClient } from "../hub/messaging/envelopeClient.ts";
import { openWebSocketClient } from "../hub/webSocketClient.ts";
import type { Seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";
import type { End } from "./victim.ts";
import { live } from "./victim.ts";

/** Points of either store while the hub works, and up to which pass it is killed there. */
const POINTS: readonly (readonly [point: string, upTo: number])[] = [
  ["open", 12],
  ["begin", 20],
  ["insert", 60],
  ["commit", 20],
  ["in-commit", 20],
  ["committed", 20],
  ["let-go", 1],
];
const LIVES = 10;
const MOST_MS = 150;
/** Of each kind, in one life; nobody waits for the end of them. */
const MESSAGES = 100;
/** Tasks sent at once: fewer share a commit. */
const LANES = 4;

/** Every point a hub is killed at. */
export const HUB_POINTS: readonly string[] = POINTS.map(([point]) => point);

/** What the clients were told over all lives of a folder. */
interface Told {
  /** Id of the task that each acknowledged message became. */
  readonly tasks: Map<string, string>;
  /** Durable messages the hub said it had accepted. */
  readonly accepted: Set<string>;
  /** Place of each that came. */
  readonly came: Map<string, unknown>;
}

/** Kills that many hubs, in folders of some lives each, while clients on sockets send tasks and durable messages; throws when one that was acknowledged is lost, or became two. */
export async function killHubs(
  script: string,
  dir: string,
  kills: number,
  random: Seeded,
  tally: Tally,
): Promise<void> {
  for (let killed = 0; killed < kills; killed += LIVES) {
    const place = join(dir, `hub-${String(killed)}`);
    mkdirSync(place);
    const told: Told = {
      tasks: new Map(),
      accepted: new Set(),
      came: new Map(),
    };
    const lives = Math.min(LIVES, kills - killed);
    for (let run = 1; run <= lives; run += 1) {
      const end = endOf(killed + run, random);
      await liveOnce(script, { dir: place, run }, end, told, tally);
      tally.killed(end);
    }
    const last = { dir: place, run: lives + 1 };
    const { promise: whenTold, resolve: isTold } =
      Promise.withResolvers<undefined>();
    await liveOnce(script, last, { whenTold }, told, tally, () => {
      isTold(undefined);
    });
    await check(place, told);
    rmSync(place, { recursive: true });
  }
}

function endOf(n: number, random: Seeded): End {
  if (n % 2 === 0) return { afterMs: random.below(MOST_MS * 1000) / 1000 };
  const [point = "begin", upTo = 1] = POINTS[(n >> 1) % POINTS.length] ?? [];
  return {
    failPoint: `${point}:${String(1 + random.below(upTo))}:${String(random.below(3000))}`,
  };
}

/** One life of the hub with its clients; `onAll` is called when they were told everything they asked for. */
async function liveOnce(
  script: string,
  { dir, run }: { readonly dir: string; readonly run: number },
  end: End,
  told: Told,
  tally: Pick<Tally, "recovered">,
  onAll: () => void = () => undefined,
): Promise<void> {
  let working: Promise<void> | undefined;
  await live(script, [dir], end, (line) => {
    const [, took, json] = /^open (\S+) (.*)$/.exec(line) ?? [];
    if (json === undefined) return;
    tally.recovered(Number(took));
    working = work(JSON.parse(json) as Discovered, run, told).then(onAll);
  });
  await working;
}

/** Everything of the life before once more, then new. Ends when all is told, or the hub is gone. */
async function work(
  address: Discovered,
  run: number,
  told: Told,
): Promise<void> {
  const ids = [run - 1, run].flatMap((one) =>
    Array.from({ length: MESSAGES }, (_, n) => `${String(one)}-${String(n)}`),
  );
  await Promise.all([
    sendTasks(address, ids, told),
    sendDurable(address, ids, told),
  ]);
}

/** Becomes false where the hub goes before the work is done. */
async function untilGone(
  sockets: readonly WebSocket[],
  work: Promise<unknown>,
): Promise<boolean> {
  const gone = new AbortController();
  const { signal } = gone;
  try {
    return await Promise.race([
      work.then(() => true),
      ...sockets.map((socket) =>
        once(socket, "close", { signal }).then(() => false),
      ),
    ]);
  } finally {
    gone.abort();
    for (const socket of sockets) socket.terminate();
  }
}

/** A connection that fails while the hub is being killed. */
async function connected<C>(open: Promise<C>): Promise<C | undefined> {
  return await open.catch(() => undefined);
}

async function sendTasks(
  { wsUrl, token }: Discovered,
  ids: readonly string[],
  told: Told,
): Promise<void> {
  const client = await connected(openWebSocketClient(wsUrl, token));
  if (client === undefined) return;
  const send = async (messageId: string): Promise<void> => {
    const { task } = (await client.call("SendMessage", {
      tenant: "worker",
      message: {
        messageId,
        role: "ROLE_USER",
        parts: [{ text: `echo ${messageId}` }],
      },
      configuration: { returnImmediately: true },
    })) as { readonly task: Task };
    const known = told.tasks.get(messageId) ?? task.id;
    assert.equal(task.id, known, `${messageId} became two tasks`);
    told.tasks.set(messageId, known);
  };
  const work = async (lane: number): Promise<void> => {
    for (let n = lane; n < ids.length; n += LANES) await send(ids[n] ?? "");
  };
  const lanes = Array.from({ length: LANES }, (_, lane) => work(lane));
  await untilGone([client.socket], Promise.all(lanes));
}

async function sendDurable(
  address: Discovered,
  ids: readonly string[],
  told: Told,
): Promise<void> {
  const [sender, recipient] = await Promise.all([
    connected(openEnvelopeClient(address)),
    connected(openEnvelopeClient(address)),
  ]);
  if (sender === undefined || recipient === undefined) return;
  const missing = new Set(ids);
  const all = Promise.withResolvers<undefined>();
  const look = (): void => {
    const isTold = missing.size === 0;
    if (isTold && [...told.accepted].every((id) => told.came.has(id)))
      all.resolve(undefined);
  };
  const hear = async (): Promise<never> => {
    for (;;) {
      const { method, params } = await sender.told.next();
      assert.equal(method, "envelope/accepted");
      for (const id of params["ids"] as readonly string[]) {
        told.accepted.add(id);
        missing.delete(id);
      }
      look();
    }
  };
  const came = ({ header }: Got): void => {
    const id = String(header["id"]);
    const seq = header["seq"];
    assert.equal(seq, told.came.get(id) ?? seq, `${id} has two places`);
    told.came.set(id, seq);
    recipient.notify("envelope/ack", { seqs: [seq] });
    look();
  };
  const take = async (): Promise<never> => {
    await recipient.sit("b");
    for (;;) came(await recipient.messages.next());
  };
  for (const id of ids) sender.send({ id, to: "agent:b", durable: true }, id);
  await untilGone(
    [sender.socket, recipient.socket],
    Promise.race([all.promise, hear(), take()]),
  );
}

/** What is left after the last kill. */
async function check(dir: string, told: Told): Promise<void> {
  for (const id of told.accepted)
    assert.ok(told.came.has(id), `${id} was accepted and never came`);
  assert.equal(new Set(told.came.values()).size, told.came.size);
  const problems: RoundtableError[] = [];
  const log = await openLog({
    file: join(dir, "log.db"),
    clock: systemClock,
    onProblem: (problem) => problems.push(problem),
  });
  assert.deepEqual([...log.verify(), ...problems], []);
  const stored = new Map<string, string>();
  for (let after = 0; ;) {
    const page = log.read({ after, types: ["TaskSubmitted"] });
    for (const event of page) {
      if (event.type !== "TaskSubmitted") continue;
      const { message, taskId } = event.data;
      assert.ok(!stored.has(message.messageId), "a message became two tasks");
      stored.set(message.messageId, taskId);
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  for (const [id, task] of told.tasks)
    assert.equal(stored.get(id), task, `the task of ${id} was lost`);
  await log.dispose();
}
