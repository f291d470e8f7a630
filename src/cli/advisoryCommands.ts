import type { Command } from "commander";

/** Adds `roundtable advisories`; `ends` gets the exit code. */
export function addAdvisoryCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  const advisories = program
    .command("advisories")
    .description("known vulnerabilities of packages that reviews look up")
    .action(async () => {
      const { showAdvisories } = await import("./advisories.ts");
      ends(await showAdvisories());
    });
  advisories
    .command("update")
    .description("fetch what Retire.js publishes; reviews never fetch anything")
    .option("--from <place>", "an https address or a file, instead")
    .action(async ({ from }: { readonly from?: string }) => {
      const { keepAdvisories } = await import("./advisories.ts");
      ends(await keepAdvisories(from));
    });
}
