import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  citedFailure,
  groupFindings,
} from "../../../src/core/consensus/cluster.ts";
import { sameClaim } from "../../../src/core/consensus/similarity.ts";
import type {
  Ballot,
  Cluster,
  Elector,
  Evidence,
  Finding,
} from "../../../src/protocol/consensus.ts";
import { ballot, elector, evidence, finding } from "./table.ts";

function clusters(
  electorate: readonly Elector[],
  ballots: readonly Ballot[],
  facts: readonly Evidence[] = [],
): readonly Cluster[] {
  return groupFindings(electorate, facts, ballots).map((g) => g.cluster);
}

/** Two local voices of different lineage say `one` and `other`. */
function pair(one: Finding, other: Finding): readonly Cluster[] {
  return clusters(
    [elector("a"), elector("b")],
    [
      ballot("a", { findings: [one], lineage: "model-1" }),
      ballot("b", { findings: [other], lineage: "model-2" }),
    ],
  );
}

describe("findings are the same when place and claim agree", () => {
  it("within three lines, or where one speaks of the whole file", () => {
    assert.equal(pair(finding(), finding({ line: 13 })).length, 1);
    assert.equal(pair(finding(), finding({ line: 14 })).length, 2);
    assert.equal(pair(finding(), finding({ line: 0 })).length, 1);
    assert.equal(pair(finding(), finding({ path: "./src/cart.ts" })).length, 1);
    assert.equal(pair(finding(), finding({ path: "src/log.ts" })).length, 2);
  });

  it("in other words, by identifiers whole or in part, not by filler", () => {
    assert.ok(
      sameClaim(
        "`applyDiscount` is never called, so the total is too high",
        "The total ignores the discount because applyDiscount() is unused",
      ),
    );
    assert.ok(sameClaim("user_name may be null", "userName can be null here"));
    assert.ok(!sameClaim("it is not what it should be", "this is not so"));
    assert.ok(
      !sameClaim(
        "The password is written to the log",
        "The loop never ends for an empty list",
      ),
    );
    assert.ok(sameClaim("?!", "?!"));
    assert.ok(!sameClaim("?!", "!!"));
  });
});

describe("the standing of a cluster", () => {
  it("is CORROBORATED by two lineages or two roles, SINGLE by one voice said twice", () => {
    const [two] = pair(finding(), finding());
    assert.equal(two?.standing, "CORROBORATED");
    assert.deepEqual(two.raisedBy, ["a", "b"]);
    const roles = clusters(
      [elector("a"), elector("b")],
      ["a", "b"].map((id) => ballot(id, { findings: [finding()] })),
    );
    assert.equal(roles[0]?.support, 2);
    const clones = clusters(
      [elector("a", { role: "qa" }), elector("b", { role: "qa" })],
      ["a", "b"].map((id) => ballot(id, { findings: [finding(), finding()] })),
    );
    assert.equal(clones[0]?.standing, "SINGLE");
    assert.equal(clones[0].support, 1);
  });

  it("counts a whole peer hub as one voice", () => {
    const hub = "hub-b";
    const both = ["a", "b"].map((id) =>
      ballot(id, { findings: [finding()], lineage: id }),
    );
    assert.equal(
      clusters([elector("a", { hub }), elector("b", { hub })], both)[0]
        ?.standing,
      "SINGLE",
    );
    assert.equal(
      clusters([elector("a", { hub }), elector("b")], both)[0]?.standing,
      "CORROBORATED",
    );
  });

  it("is CONFIRMED by a failed check, or by a local voice that cites one", () => {
    const failed = evidence("e1", { tool: "types", findings: [finding()] });
    const [byTool] = clusters([], [], [failed]);
    assert.equal(byTool?.standing, "CONFIRMED");
    assert.deepEqual(byTool.raisedBy, ["tool:types"]);

    const cites = ballot("a", { findings: [finding({ evidenceRef: "e1" })] });
    const bare = evidence("e1");
    const standing = (who: Elector, fact: Evidence): string | undefined =>
      clusters([who], [cites], [fact])[0]?.standing;
    assert.equal(standing(elector("a"), bare), "CONFIRMED");
    assert.equal(standing(elector("a", { hub: "hub-b" }), bare), "SINGLE");
    assert.equal(standing(elector("a"), { ...bare, status: "PASS" }), "SINGLE");
    assert.equal(citedFailure(finding(), [bare]), undefined);
  });

  it("carries no more severity than its sources agree on", () => {
    const [alarmed] = pair(
      finding({ severity: "critical" }),
      finding({ severity: "low" }),
    );
    assert.equal(alarmed?.representative.severity, "low");
    const [confirmed] = clusters(
      [elector("a")],
      [ballot("a", { findings: [finding({ severity: "critical" })] })],
      [evidence("e1", { findings: [finding({ severity: "medium" })] })],
    );
    assert.equal(confirmed?.standing, "CONFIRMED");
    assert.equal(confirmed.representative.severity, "medium");
    const [single] = clusters(
      [elector("a")],
      [ballot("a", { findings: [finding({ severity: "critical" })] })],
    );
    assert.equal(single?.representative.severity, "critical");
  });

  it("is not built from a chain of neighbours: each is compared with the leader", () => {
    const chain = [10, 13, 16].map((line) => finding({ line }));
    const found = clusters([elector("a")], [ballot("a", { findings: chain })]);
    assert.deepEqual(
      found.map(({ id, representative }) => [id, representative.line]),
      [
        ["c1", 10],
        ["c2", 16],
      ],
    );
  });
});
