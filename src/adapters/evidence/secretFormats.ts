import type { Analyser } from "./tool.ts";
export const secretFormats: Analyser = () => [];
