import type { Finding, Verdict } from "../../protocol/consensus.ts";
import type { BallotPaper } from "../../protocol/work.ts";
import { play, say, submit } from "./turn.ts";
import type { Scene, ScriptRequest, ScriptedTurn } from "./turn.ts";

/** What each role does until its ballot is in; the last turn is the ballot. */
export type Ballots = Readonly<Record<string, Scene>>;

/** The turn of the asked role. Roles without a scene abstain. In a second round everyone stands by their vote. */
export function voting(ballots: Ballots, request: ScriptRequest): ScriptedTurn {
  const scene = ballots[request.part?.role ?? ""];
  if (scene === undefined) return abstaining(request);
  // Who has no tools, because another hub asks, votes on what it was shown.
  const [last] = scene.slice(-1);
  if (!request.tools.includes("read_file") && last !== undefined)
    return play([last], request);
  const turn = play(scene, request);
  if ((request.part?.round ?? 0) < 2) return turn;
  // Nobody has new evidence, and a changed vote without it would count as the old one.
  const [ballot] = scene.slice(-1);
  return typeof ballot === "object" && ballot.kind === "speech"
    ? {
        ...ballot,
        text: "I have read the open points. None of them brings new evidence, so I stand by my vote.",
      }
    : turn;
}

/** The ballot of somebody who has nothing to say about work the script does not know. */
export function abstaining(request: ScriptRequest): ScriptedTurn {
  return play(
    [
      say(
        "I have only rehearsed the sample mission, so I keep out of this.",
        submit(
          paper(
            "abstain",
            0,
            "This is a rehearsal: no model has read this change; only the evidence counts.",
          ),
        ),
      ),
    ],
    request,
  );
}

/** A filled-in ballot. */
export function paper(
  verdict: Verdict,
  confidence: number,
  reason: string,
  ...findings: readonly Finding[]
): BallotPaper {
  return { verdict, confidence, reason, findings: [...findings] };
}

/** Says something and hands in the ballot. */
export function vote(text: string, ballot: BallotPaper): ScriptedTurn {
  return say(text, submit(ballot));
}
