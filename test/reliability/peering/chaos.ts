import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Shared } from "../../../src/protocol/peers.ts";
import type { Seeded } from "../seeded.ts";
import { bundled } from "../victim.ts";
import { startHub, type ChaosHub } from "./chaosHub.ts";
import { createChaosProxy, type ChaosProxy } from "./chaosProxy.ts";

/** How long and how hard. */
export interface ChaosOptions {
  readonly hubs: number;
  /** Time of trouble, ms. */
  readonly forMs: number;
  /** Time between two kills, about, ms. */
  readonly killEveryMs: number;
  /** Time between two troubles on the wire, at most, ms. */
  readonly cutEveryMs: number;
  /** Time between two words of a hub, ms. */
  readonly sayEveryMs: number;
  readonly random: Seeded;
}

/** What was seen. */
export interface ChaosFigures {
  readonly hubs: number;
  readonly seconds: number;
  readonly kills: number;
  readonly cuts: number;
  /** Words that were acknowledged to whoever said them. */
  readonly acknowledged: number;
  /** Envelopes in the room at the end. */
  readonly envelopes: number;
  readonly terms: number;
  /** From the end of all trouble until all hubs had the same, ms. */
  readonly convergedMs: number;
  /** From there until one hub coordinated, ms. */
  readonly officeMs: number;
}

/** Longest wait for anything that must come true, ms. */
const SOON_MS = 30_000;
const LOOK_MS = 25;
/** A little more than a coordinator's lease. */
const LEASE_MS = 7000;

/** Real hubs in processes of their own, paired all with all through a proxy that cuts, delays and hangs, killed one after the other. Throws when they do not agree in the end, or when anything acknowledged is lost or there twice. */
export async function stirUp(options: ChaosOptions): Promise<ChaosFigures> {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-chaos-"));
  const hubs: ChaosHub[] = [];
  const proxies: ChaosProxy[] = [];
  try {
    const script = await bundled("peering/chaosChild.ts", dir);
    for (let at = 0; at < options.hubs; at += 1)
      hubs.push(await startHub(`hub${String(at)}`, dir, script));
    for (const [at, inviter] of hubs.entries())
      for (const joiner of hubs.slice(at + 1))
        proxies.push(await pair(inviter, joiner));
    await everybodyLinked(hubs);
    await hubs[0]?.ask({
      kind: "open",
      members: hubs.map(({ hubId, name }) => ({ hubId, name })),
    });
    await until("all are in the room", async () =>
      (await statesOf(hubs)).every((state) => state !== undefined),
    );
    const work = { kind: "work", everyMs: options.sayEveryMs } as const;
    for (const hub of hubs) await hub.ask(work);
    const cuts = await trouble(hubs, proxies, options, work);

    const healedAt = performance.now();
    for (const proxy of proxies) {
      proxy.delay(0);
      proxy.mend();
    }
    await Promise.all(hubs.map((hub) => hub.ask({ kind: "work", everyMs: 0 })));
    const acknowledged = hubs.flatMap(({ stored }) => [...stored]);
    await until("all have the same", async () => {
      const states = await statesOf(hubs);
      const [first] = states;
      return (
        (first?.count ?? 0) > acknowledged.length &&
        states.every((state) => state?.digest === first?.digest)
      );
    });
    const convergedMs = Math.round(performance.now() - healedAt);
    await until("one coordinates", async () => {
      const states = await statesOf(hubs);
      return states.filter((state) => state?.mayCoordinate).length === 1;
    });
    const officeMs = Math.round(performance.now() - healedAt) - convergedMs;

    for (const hub of hubs) {
      const texts = await hub.ask<readonly string[]>({ kind: "texts" });
      const here = new Set(texts);
      assert.equal(here.size, texts.length, `${hub.name} has something twice`);
      for (const text of acknowledged)
        assert.ok(here.has(text), `${hub.name} lost ${text}`);
    }
    const states = await statesOf(hubs);
    assert.deepEqual(
      states.map((state) => state?.forks),
      hubs.map(() => 0),
    );
    return {
      hubs: hubs.length,
      seconds: Math.round(options.forMs / 1000),
      kills: hubs.reduce((sum, { kills }) => sum + kills, 0),
      cuts,
      acknowledged: acknowledged.length,
      envelopes: states[0]?.count ?? 0,
      terms: Math.max(...states.map((state) => state?.term ?? 0)),
      convergedMs,
      officeMs,
    };
  } finally {
    for (const hub of hubs) await hub.kill();
    for (const proxy of proxies) await proxy.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Pairs two hubs as people do, with a proxy where the inviter's address would be. */
async function pair(inviter: ChaosHub, joiner: ChaosHub): Promise<ChaosProxy> {
  const { code, port } = await inviter.ask<Shared>({ kind: "share" });
  const proxy = await createChaosProxy(() => port);
  const pairingId = await joiner.ask<string>({
    kind: "join",
    invitation: throughProxy(code, proxy.port),
  });
  await Promise.all([
    inviter.ask({ kind: "confirm" }),
    joiner.ask({ kind: "confirm", pairingId }),
  ]);
  return proxy;
}

/** The same invitation, with the port of somebody in between. */
function throughProxy(code: string, port: number): string {
  const text = Buffer.from(code.replace("rt1.", ""), "base64url").toString();
  const parts = JSON.parse(text) as { a: [string, number] };
  const changed = JSON.stringify({ ...parts, a: [parts.a[0], port] });
  return `rt1.${Buffer.from(changed).toString("base64url")}`;
}

async function everybodyLinked(hubs: readonly ChaosHub[]): Promise<void> {
  await until("all are linked", async () => {
    const links = await Promise.all(
      hubs.map((hub) => hub.ask<readonly string[]>({ kind: "connected" })),
    );
    return links.every(({ length }) => length === hubs.length - 1);
  });
}

/** Kills and cuts for as long as the options say, and starts again who is dead at the end; returns how often the wire was touched. */
async function trouble(
  hubs: readonly ChaosHub[],
  proxies: readonly ChaosProxy[],
  options: ChaosOptions,
  work: { readonly kind: "work"; readonly everyMs: number },
): Promise<number> {
  const { random, forMs, killEveryMs, cutEveryMs } = options;
  const end = performance.now() + forMs;
  const isOver = (): boolean => performance.now() >= end;
  const wait = async (ms: number): Promise<void> => {
    await delay(Math.max(0, Math.min(ms, end - performance.now())));
  };
  let cuts = 0;

  const killing = async (): Promise<void> => {
    for (let n = 0; ; n += 1) {
      await wait(killEveryMs * 0.75 + random.below(killEveryMs / 2));
      if (isOver()) return;
      // Every second one is whoever coordinates, and it is away for longer than its lease.
      const states = await statesOf(hubs);
      const holder = hubs[states.findIndex((state) => state?.mayCoordinate)];
      const isHolder = n % 2 === 0 && holder !== undefined;
      const hub = isHolder ? holder : random.of(hubs);
      await hub.kill();
      await wait(random.below(4000) + (isHolder ? LEASE_MS : 0));
      await hub.start();
      await hub.ask(work);
    }
  };

  const cutting = async (): Promise<void> => {
    for (;;) {
      await wait(random.below(cutEveryMs));
      if (isOver()) return;
      const proxy = random.of(proxies);
      cuts += 1;
      const kind = random.below(3);
      if (kind === 0) proxy.delay(random.below(300));
      else if (kind === 1) proxy.sever();
      else proxy.hang();
      void wait(200 + random.below(8000)).then(() => {
        if (isOver()) return;
        proxy.delay(0);
        proxy.mend();
      });
    }
  };

  await Promise.all([killing(), cutting()]);
  return cuts;
}

async function statesOf(
  hubs: readonly ChaosHub[],
): Promise<Awaited<ReturnType<ChaosHub["state"]>>[]> {
  return Promise.all(hubs.map((hub) => hub.state()));
}

async function until(
  what: string,
  look: () => Promise<boolean>,
): Promise<void> {
  const late = performance.now() + SOON_MS;
  while (!(await look())) {
    if (performance.now() > late) assert.fail(`never came true: ${what}`);
    await delay(LOOK_MS);
  }
}
