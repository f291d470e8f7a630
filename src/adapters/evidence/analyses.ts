/** JavaScript and TypeScript, and nothing written in another language. */
const SCRIPT = /\.[cm]?[jt]sx?$/;

/**
 * The analyses that run in a process of their own, in the order they are begun. Beside a row here, an analysis has its loader in
 * `analysisChild.ts`; the app never loads their code.
 */
export const ANALYSES = [
  { name: "secretFormats", required: false, reads: /./ },
  { name: "eslintSecurity", required: false, reads: SCRIPT },
  { name: "redos", required: false, reads: SCRIPT },
  { name: "codeSecurity", required: false, reads: SCRIPT },
] as const satisfies readonly Analysis[];

export interface Analysis {
  readonly name: string;
  /** A failure blocks the change. */
  readonly required: boolean;
  /** Paths of files it looks at; a change of none of them passes without a process. */
  readonly reads: RegExp;
}

export type AnalysisName = (typeof ANALYSES)[number]["name"];
