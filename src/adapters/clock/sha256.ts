import { hash } from "node:crypto";
import type { Hash } from "../../ports.ts";

/** SHA-256 of the UTF-8 bytes of a text, lower-case hex. */
export const sha256: Hash = (text) => hash("sha256", text, "hex");
