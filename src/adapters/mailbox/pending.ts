import type { RoundtableError } from "../../core/errors.ts";
import type { Coming, Stored } from "./batch.ts";

type Echo = Pick<Coming, "resolve" | "reject">;

/** Letters that are on their way to the disk, and everybody who waits for them. */
export class Pending {
  readonly #seqs = new Map<string, number>();
  /** Who sent the same letter once more meanwhile. */
  readonly #echoes = new Map<number, Echo[]>();

  /** The place of the letter with that key. */
  get(key: string): number | undefined {
    return this.#seqs.get(key);
  }

  add({ key, seq }: Coming): void {
    if (key !== undefined) this.#seqs.set(key, seq);
  }

  /** Resolves when the letter with that place is on disk, as a duplicate of it. */
  join(seq: number): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const echo: Echo = {
        resolve: () => {
          resolve({ seq, duplicate: true });
        },
        reject,
      };
      this.#echoes.set(seq, [...(this.#echoes.get(seq) ?? []), echo]);
    });
  }

  /** The letter is on its way no longer; its key is known elsewhere, or nowhere. */
  remove({ key }: Coming): void {
    if (key !== undefined) this.#seqs.delete(key);
  }

  resolve({ seq, resolve }: Coming): void {
    const stored = { seq, duplicate: false };
    resolve(stored);
    for (const echo of this.#takeEchoes(seq)) echo.resolve(stored);
  }

  reject({ seq, reject }: Coming, problem: RoundtableError): void {
    reject(problem);
    for (const echo of this.#takeEchoes(seq)) echo.reject(problem);
  }

  #takeEchoes(seq: number): readonly Echo[] {
    if (this.#echoes.size === 0) return [];
    const echoes = this.#echoes.get(seq) ?? [];
    this.#echoes.delete(seq);
    return echoes;
  }
}
