/** What crosses between two hubs of a repository: its files in a bundle one way, a change as a patch the other. */

/** What a bundle may weigh, bytes. */
export const MAX_BUNDLE = 50_000_000;
/** What a patch may weigh, bytes. */
export const MAX_PATCH = 10_000_000;

/** A file that was made to be sent; left out where there is nothing to send. */
export interface Parcel {
  readonly file: string;
  readonly bytes: number;
}

/** Bundles, clones that share nothing with any repository here, and patches. Everything that came from outside is checked before it is used, and nothing of it runs. */
export interface Parcels {
  /** Writes the files of `commit` as a bundle with one commit that has no parent: no history leaves. Rejects with `bad-revision`, and with `git-failed` when it is over {@link MAX_BUNDLE} or holds what no clone takes. */
  pack(
    repo: string,
    commit: string,
    file: string,
  ): Promise<Parcel & { readonly commit: string }>;
  /** A folder of its own with the files of a bundle that holds exactly `commit`; what was left under the name goes first. There is no git folder in it, nor above it, and links are plain files. Rejects with `git-failed` for every other bundle; then nothing of it stays. */
  openClone(
    bundle: string,
    commit: string,
    name: string,
  ): Promise<{ readonly path: string }>;
  /** What was changed in a clone, as a patch on the commit it was made from. Rejects with `path-denied` when it holds anything but plain files at places agents may write, with `git-failed` when it is over {@link MAX_PATCH}. */
  patchOf(
    name: string,
    file: string,
  ): Promise<
    | (Parcel & { readonly files: readonly string[] })
    | { readonly files: readonly [] }
  >;
  /** Removes a clone with everything in it. */
  closeClone(name: string): Promise<void>;
  /** Names of the clones that exist. */
  clones(): Promise<readonly string[]>;
  /**
   * Puts a patch on top of `base` as one commit on `branch`, which is below `roundtable/`; no checkout, index or other branch is touched, and
   * the same arguments give the same commit. Rejects with `merge-conflict` when it does not fit, with `path-denied` for anything but plain files at places agents may write; then
   * nothing changed. `mind` lists what a person should look at before the rest: files whose change can make something run later.
   */
  takePatch(
    repo: string,
    patch: {
      readonly file: string;
      readonly base: string;
      readonly branch: string;
      readonly message: string;
      readonly at: number;
    },
  ): Promise<{
    readonly commit: string;
    readonly files: readonly string[];
    readonly mind: readonly string[];
  }>;
}
