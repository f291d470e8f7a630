import type { Analyser } from "./tool.ts";
export const redos: Analyser = () => [];
