import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { DeadLetterLine } from "../protocol/deadLetters.ts";

const PAGE = 100;

/** Lets the user pick a message that could not be delivered, and read, send again or drop it. */
export async function lookAfterDeadLetters({
  deadLetters,
}: Pick<App, "deadLetters">): Promise<void> {
  const letters = await deadLetters.list({ limit: PAGE });
  if (letters.length === 0) {
    void vscode.window.showInformationMessage(
      "No dead letters: every message was delivered, or is still on its way.",
    );
    return;
  }
  const picked = await vscode.window.showQuickPick(
    letters.map((letter) => ({
      label: `$(mail) ${letter.header.from ?? "?"} → ${letter.mailbox}`,
      description: letter.header.id,
      detail: `${letter.why} · ${String(letter.failures.length)} tries · ${new Date(letter.at).toLocaleString()}`,
      letter,
    })),
    {
      title: "Dead Letters",
      placeHolder: "Messages that could not be delivered",
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (picked !== undefined) await lookAfter(deadLetters, picked.letter);
}

async function lookAfter(
  deadLetters: App["deadLetters"],
  { no, mailbox }: DeadLetterLine,
): Promise<void> {
  const read = "$(eye) Read It";
  const again = "$(debug-restart) Send It Again";
  const drop = "$(trash) Drop It";
  const picked = await vscode.window.showQuickPick(
    [
      { label: read, description: "header, tries and payload, as JSON" },
      { label: again, description: `back into the mailbox of ${mailbox}` },
      { label: drop, description: "for good" },
    ],
    { title: `Dead Letter ${String(no)}` },
  );
  switch (picked?.label) {
    case read: {
      const letter = await deadLetters.get(no);
      const document = await vscode.workspace.openTextDocument({
        language: "json",
        content: JSON.stringify(letter, null, 2),
      });
      await vscode.window.showTextDocument(document, { preview: true });
      return;
    }
    case again:
      tell(await deadLetters.resend(no), "waits in its mailbox again");
      return;
    case drop:
      tell(await deadLetters.drop(no), "is forgotten");
  }

  function tell(done: boolean, what: string): void {
    const name = `Dead letter ${String(no)}`;
    void vscode.window.showInformationMessage(
      done ? `${name} ${what}.` : `${name} is not there any more.`,
    );
  }
}
