/** Sentences of the page about missions and ballots of teammates' hubs; part of `text.ts`. */
export const teammates = {
  "mission.waits": "Waiting there",
  "mission.shared": "shared by {0}, read only",
  "stage.ruling": "Ruling",
  "stageLong.ruling": "Ruling of the person there",
  "ballot.voided": "void: said two different things",
  "ballot.far": "votes from a teammate's hub",
} as const;
