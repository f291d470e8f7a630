import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import { short } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import type { Change } from "../words.ts";
import { icon } from "./icons.ts";
import { commandButton } from "./parts.ts";
import { foundIn } from "./review.ts";

const letters = { added: "A", modified: "M", deleted: "D", renamed: "R" };

/** The change: what was found in it, its files with their counts, and the way to the diff. */
export function changeTab(
  page: Page,
  act: Act,
  open: MissionDetail,
): TemplateResult {
  if (open.change === null)
    return html`<p class="empty">${t("change.none")}</p>`;
  const { files, tree, conflicts } = open.change;
  return html`${foundIn(page, act, open)}
    <article class="card">
      <header>
        <h3>
          ${t("change.title")}
          <span class="sub"
            >${
              files.length === 1
                ? t("change.file")
                : t("change.files", String(files.length))
            }
            ${counts(sum(files))}</span
          >
        </h3>
        <p class="facts">
          <code title=${t("decision.hash", tree)}>${short(tree)}</code>
          ${
            open.sharedBy
              ? nothing
              : commandButton(
                  act,
                  "roundtable.openChange",
                  t("change.open"),
                  "link",
                  open.missionId,
                )
          }
        </p>
      </header>
      ${
        conflicts.length === 0
          ? nothing
          : html`<div class="dissent">
              <h4>${icon("warn", "warn")}${t("change.conflicts")}</h4>
              <ul class="bullets">
                ${conflicts.map((path) => html`<li><code>${path}</code></li>`)}
              </ul>
            </div>`
      }
      <ul class="rows files">
        ${files.map(
          (file) =>
            html`<li title=${file.path}>
              <abbr class=${file.status} title=${t(`change.${file.status}`)}
                >${letters[file.status]}</abbr
              >
              ${pathOf(file.path)}${counts(file)}
            </li>`,
        )}
      </ul>
    </article>`;
}

function pathOf(path: string): TemplateResult {
  const cut = path.lastIndexOf("/") + 1;
  return html`<span class="path"
    ><span class="folder">${path.slice(0, cut)}</span
    ><span class="file">${path.slice(cut)}</span></span
  >`;
}

function counts({
  added,
  deleted,
}: Pick<Change["files"][number], "added" | "deleted">): TemplateResult {
  return html`<span class="counts"
    ><span class="good">+${added}</span>
    <span class="bad">−${deleted}</span></span
  >`;
}

function sum(files: Change["files"]) {
  return files.reduce(
    (total, file) => ({
      added: total.added + file.added,
      deleted: total.deleted + file.deleted,
    }),
    { added: 0, deleted: 0 },
  );
}
