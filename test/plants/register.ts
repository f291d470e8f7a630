import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { inRoot } from "../rig/project.ts";
import { MUTANTS } from "../mutants/list.ts";
import { PLANTS } from "./list.ts";
import { planted } from "./plant.ts";

// Loaded with `--import`, in a test's process and in those it starts: the one source file that ROUNDTABLE_PLANT names a bug for is
// loaded with that bug. The product knows nothing of this.
const name = process.env["ROUNDTABLE_PLANT"];
const plant = [...PLANTS, ...MUTANTS].find((one) => one.name === name);
if (name !== undefined && plant === undefined)
  throw new Error(
    `No plant is called ${name}; test/plants/list.ts and test/mutants/list.ts have them.`,
  );
if (plant !== undefined) {
  const place = pathToFileURL(inRoot(plant.file)).href;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== place) return loaded;
      const { source } = loaded;
      const text =
        typeof source === "string"
          ? source
          : new TextDecoder().decode(source ?? new Uint8Array());
      return { ...loaded, source: planted(text, plant) };
    },
  });
}
