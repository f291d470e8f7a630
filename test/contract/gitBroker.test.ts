import { openGit } from "../../src/adapters/git/openGit.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";
import { gitContract } from "./git.ts";

gitContract("the broker", (home) => openGit({ home, textLog: quiet }));
