/**
 * The analyses that run in a process of their own, in the order they are begun. Beside a row here, an analysis has its loader in
 * `analysisChild.ts`; the app never loads their code.
 */
export const ANALYSES = [
  { name: "secretFormats", required: false },
  { name: "eslintSecurity", required: false },
  { name: "redos", required: false },
  { name: "codeSecurity", required: false },
] as const satisfies readonly Analysis[];

export interface Analysis {
  readonly name: string;
  /** A failure blocks the change. */
  readonly required: boolean;
}

export type AnalysisName = (typeof ANALYSES)[number]["name"];
