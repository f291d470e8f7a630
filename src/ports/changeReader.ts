/** What evidence tools may know of the two states a change lies between, read from git's objects: nothing a check writes shows there. */

/** A file of a tree as text, or why there is none. Bytes that are no UTF-8 read as U+FFFD; line numbers hold. */
export type FileText =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly unread: Unread };

/** `missing`: not in that tree · `link`, `submodule`: no file · `large`: over the size or the total that is read · `binary`: holds NUL. */
export type Unread = "missing" | "link" | "submodule" | "large" | "binary";

/** Reads one change. Calls cost a few git processes each, whatever their number of paths. */
export interface ChangeReader {
  /** Paths of all files of the changed state, as git sorts them. */
  files(): Promise<readonly string[]>;
  /** The files of one side, one answer per path in the order asked. A file over 4 MB and what goes beyond 32 MB in one call are `large`. */
  texts(
    side: "base" | "head",
    paths: readonly string[],
  ): Promise<readonly FileText[]>;
  /** In how many of the last 2,000 commits of 90 days before the base each path changed; paths that did not are left out. */
  churn(
    paths: readonly string[],
  ): Promise<readonly { readonly path: string; readonly commits: number }[]>;
}
