/** A finding as people meet it: in the panel, on the line in the editor, in the Problems list. Folded from the log, never stored. */
import type {
  Fix,
  Quote,
  Severity,
  Standing,
  VerifierVerdict,
} from "./consensus.ts";

/** Why the human set a finding aside. Only `wrong` says that it is not true. */
export type DismissalReason = "wrong" | "wontFix" | "outOfScope";

/** What became of a finding. */
export type FindingState =
  | { readonly kind: "open" }
  | {
      readonly kind: "dismissed";
      readonly why: DismissalReason;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly kind: "settled"; readonly how: "fixApplied" | "gone" };

/** What a verifier who did not raise it said of the claim. */
export interface VerifiedShown {
  readonly verdict: VerifierVerdict;
  /** Name of who looked; empty where only the result is known. */
  readonly by: string;
  readonly reason: string;
  readonly quotes: readonly Quote[];
}

/** One answer to the human's "why?". */
export interface Explanation {
  readonly question: string;
  readonly answer: string;
  /** Name of who answered. */
  readonly by: string;
}

/** Who raised it; tools have the role `tool`. */
export interface RaisedBy {
  readonly agentId: string;
  readonly name: string;
  readonly role: string;
}

/** What a tool showed: its summary, and the end of its output. */
export interface EvidenceShown {
  readonly tool: string;
  readonly summary: string;
  readonly output: string;
}

/** One finding of the last decision on a mission's change, with everything a person needs to judge it. */
export interface ReviewFinding {
  /** Stays the same however the findings are ordered, and over later reviews of the same scope. */
  readonly findingId: string;
  readonly missionId: string;
  readonly path: string;
  /** 1-based in the reviewed version of the file; 0 when it is about the whole file. */
  readonly line: number;
  readonly claim: string;
  readonly severity: Severity;
  readonly rule?: string;
  readonly standing: Standing;
  readonly verified?: VerifiedShown;
  readonly raisedBy: readonly RaisedBy[];
  readonly evidence: readonly EvidenceShown[];
  readonly fix?: Fix;
  /** Grave, and shown or raised by two independent voices: it keeps the change from being accepted. */
  readonly blocks: boolean;
  /** One model alone says so, and it is not likely enough to be reported: kept as a minority report. */
  readonly minority: boolean;
  /** An earlier review raised it, this one did not, and its lines are as they were. */
  readonly earlier: boolean;
  readonly state: FindingState;
  readonly explanations: readonly Explanation[];
}
