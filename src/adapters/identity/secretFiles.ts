import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { SecretStore } from "../../ports/peering.ts";
import {
  readPrivate,
  strangeness,
  writePrivate,
  type PrivateFile,
} from "./privateFile.ts";

const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const NEXT =
  "Nothing was read or written. Make it yours alone (folder mode 700, file mode 600) or remove it, then try again.";

/**
 * Secrets as files of mode 0600 in a folder of mode 0700, one each, for hubs without an editor. A name is up to 64 lower-case letters, digits,
 * dots and dashes. Both ways reject with `hub-failed` when the folder or the file is somebody else's, open to others, or not a plain one.
 */
export function secretFiles(folder: string): SecretStore {
  function fileOf(name: string): PrivateFile {
    if (!NAME.test(name))
      throw new RoundtableError(
        "hub-failed",
        `${JSON.stringify(name)} is no name of a secret.`,
        NEXT,
      );
    return {
      file: join(folder, name),
      what: "A secret of this hub",
      next: NEXT,
    };
  }

  async function ready(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stats = await lstat(folder);
    const strange = stats.isDirectory()
      ? strangeness(stats)
      : "is not a plain folder";
    if (strange !== undefined)
      throw new RoundtableError(
        "hub-failed",
        `The folder for this hub's secrets, ${folder}, ${strange}.`,
        NEXT,
      );
  }

  return {
    async get(name) {
      const secret = fileOf(name);
      await ready();
      return readPrivate(secret);
    },
    async set(name, value) {
      const secret = fileOf(name);
      await ready();
      await writePrivate(secret, value);
    },
  };
}
