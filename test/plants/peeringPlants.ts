import type { Plant } from "./plant.ts";

const SIMULATION = "test/reliability/peering/simulation.test.ts";

/** Bugs of the room machine that hubs talk by, each found by the simulation. */
export const PEERING_PLANTS: readonly Plant[] = [
  {
    name: "peer-vote-not-kept",
    file: "src/core/peering/terms.ts",
    find: 'out.push({ kind: "keepVote", term, candidate });',
    replace:
      'if (candidate === self) out.push({ kind: "keepVote", term, candidate });',
    breaks: "A vote is on disk before it is given.",
    tests: [SIMULATION],
  },
  {
    name: "peer-two-votes-in-a-term",
    file: "src/core/peering/terms.ts",
    find: "(votedFor === from ||",
    replace: "(votedFor !== null ||",
    breaks: "A hub votes for one candidate in a term.",
    tests: [SIMULATION],
  },
  {
    name: "peer-vote-while-a-lease-runs",
    file: "src/core/peering/terms.ts",
    find: "mono >= promiseOf(mono) ||",
    replace: "mono >= start ||",
    breaks: "Who promised itself to a holder votes for nobody else meanwhile.",
    tests: [SIMULATION],
  },
  {
    name: "peer-no-wait-after-restart",
    file: "src/core/peering/terms.ts",
    find: "let promisedUntil = start + leaseMs;",
    replace: "let promisedUntil = start;",
    breaks: "A promise made before a crash is kept after it.",
    tests: [SIMULATION],
  },
  {
    name: "peer-lease-by-wall-clock",
    file: "test/reliability/peering/life.ts",
    find: "    start + Math.floor(((agenda.now - bornAt) * rate) / RATE);",
    replace: "    options.wallClock();",
    breaks: "Leases run on a clock that does not jump.",
    tests: [SIMULATION],
  },
  {
    name: "peer-lease-from-the-answer",
    file: "src/core/peering/lease.ts",
    find: "const latest = [...heardOf.values()].toSorted((a, b) => b - a);",
    replace: "const latest = [...sentAt.values()].toSorted((a, b) => b - a);",
    breaks:
      "A lease begins when its renewal was sent, not when it was answered.",
    tests: [SIMULATION],
  },
  {
    name: "peer-majority-of-two",
    file: "src/core/peering/lease.ts",
    find: "return Math.floor(members / 2) + 1;",
    replace: "return Math.floor(members / 2);",
    breaks: "Two majorities have a hub in common.",
    tests: [SIMULATION],
  },
  {
    name: "peer-coordinates-without-catching-up",
    file: "src/core/peering/terms.ts",
    find: "if (wanted.some(({ have }) => !room.chains.holds(have))) return false;",
    replace: "",
    breaks: "A new coordinator knows everything its voters had before it acts.",
    tests: [SIMULATION],
  },
  {
    name: "peer-lower-epoch-taken",
    file: "src/core/peering/chains.ts",
    find: "epoch < last.envelope.epoch) return",
    replace: "epoch < 1) return",
    breaks: "The epoch of an origin never falls.",
    tests: [SIMULATION],
  },
  {
    name: "peer-said-before-kept",
    file: "src/core/peering/replicate.ts",
    find: `      out.push({ kind: "keepSaid", sealed });
      if (coordinator === rules.self) {
        relay(mono, out);
        return;
      }`,
    replace: `      if (coordinator === rules.self) {
        relay(mono, out);
        out.push({ kind: "keepSaid", sealed });
        return;
      }
      out.push({ kind: "keepSaid", sealed });`,
    breaks: "What a hub says is on its disk before anybody hears of it.",
    tests: [SIMULATION],
  },
  {
    name: "peer-cursor-skips-what-was-lost",
    file: "src/core/peering/cursors.ts",
    find: "    cursor.sent[index] = seq;\n    cursor.shown",
    replace:
      "    cursor.sent[index] = Math.max(seq, cursor.sent[index] ?? 0);\n    cursor.shown",
    breaks: "What was lost on the way is sent again.",
    tests: [SIMULATION],
  },
  {
    name: "peer-gap-skipped",
    file: "src/core/peering/chains.ts",
    find: 'if (seq !== taken.length + 1) return "gap";',
    replace: 'if (seq <= taken.length) return "gap";',
    breaks: "An envelope is taken only after the one before it.",
    tests: [SIMULATION],
  },
  {
    name: "peer-fork-kept-to-oneself",
    file: "src/core/peering/cursors.ts",
    find: "if (!cursor.linked || !cursor.told || chains.forks() === undefined) return [];",
    replace: "if (chains.forks() !== null) return [];",
    breaks: "Everybody gets the proof of a fork.",
    tests: [SIMULATION],
  },
  {
    name: "peer-second-ballot-beside-the-first",
    file: "src/core/peering/roomBallots.ts",
    find: "voided.add(voiceOf(origin, body));",
    replace: "",
    breaks: "An agent that votes two ways in a round has no vote.",
    tests: [SIMULATION],
  },
  {
    name: "peer-ballot-for-somebody-else",
    file: "src/core/peering/roomBallots.ts",
    find: "if (!electors.has(`${origin} ${agentId}`)) continue;",
    replace: "",
    breaks: "A hub votes for its own agents only.",
    tests: [SIMULATION],
  },
  {
    name: "peer-ballots-of-a-forger",
    file: "src/core/peering/roomBallots.ts",
    find: 'if (body.kind !== "ballot" || liars.has(origin)) continue;',
    replace: 'if (body.kind !== "ballot") continue;',
    breaks: "Who signed two things for one place has no vote.",
    tests: [SIMULATION],
  },
  {
    name: "peer-first-closing-counts",
    file: "src/core/peering/roomPolls.ts",
    find: "if (known === undefined || body.term > known.term)\n        closed.set",
    replace:
      "if (known === undefined || body.term < known.term)\n        closed.set",
    breaks: "Of two closings that of the higher term counts.",
    tests: [SIMULATION],
  },
];
