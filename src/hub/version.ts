import { versionNotSupported } from "./wireError.ts";

/** Method names of A2A 0.3 and before; those of 1.0 share none with them. */
const LEGACY_METHOD = /^(?:message|tasks|agent)\//;

/**
 * The version a call is made in: what the service parameter `A2A-Version` says, of which only Major.Minor counts. Missing means 0.3 by the
 * specification (§3.6); we take a call with a 1.0 method name and no version for 1.0 all the same. Any other version is −32009.
 */
export function versionFor(
  method: string,
  asked: string | undefined,
): "1.0" | "0.3" {
  if (asked === undefined || asked === "")
    return LEGACY_METHOD.test(method) ? "0.3" : "1.0";
  const [, version] = /^(1\.0|0\.3)(?:\.\d+)?$/.exec(asked) ?? [];
  if (version === "1.0" || version === "0.3") return version;
  throw versionNotSupported(asked);
}
