/** The build of recheck that is JavaScript alone: the package's main entry looks for Java and native programs first. */
declare module "recheck/lib/browser.js" {
  import type { Diagnostics, Parameters } from "recheck";
  const recheck: {
    checkSync(source: string, flags: string, params?: Parameters): Diagnostics;
  };
  export default recheck;
}
