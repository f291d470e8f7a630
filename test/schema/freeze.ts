// Freezes the words of a release: node test/schema/freeze.ts > test/golden/event-schema-v1.json
import { wordsNow } from "./words.ts";

process.stdout.write(`${JSON.stringify(wordsNow(), null, 1)}\n`);
