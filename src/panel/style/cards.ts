import { css } from "lit";

/** Cards and what is in them: decisions, permissions, plan, change and team. */
export const cards = css`
  .needs {
    display: flex;
    flex: 0 1 auto;
    flex-direction: column;
    min-height: 0;
    max-height: 66%;
    padding: 8px 12px 4px;
  }
  .needs > h2 {
    display: flex;
    flex: none;
    align-items: center;
    gap: 6px;
    margin-bottom: 6px;
  }
  .needs > h2 .icon {
    color: var(--warn);
  }
  .queue {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-height: 0;
    overflow: auto;
  }

  .card {
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--vscode-editor-background);
    overflow-wrap: anywhere;
  }
  .part > .card,
  .card .scroll {
    padding: 10px 12px;
  }
  .part > .card + .card {
    margin-top: 8px;
  }
  .card h3 {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 6px;
  }
  .card h3 .icon {
    align-self: center;
  }
  .card h4 {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 10px 0 2px;
    color: var(--faint);
    font-size: var(--tiny);
    letter-spacing: 0.03em;
  }
  .card.asked {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .queue > .card:only-child {
    flex: 0 1 auto;
  }
  .queue > .card:not(:only-child) {
    flex: none;
  }
  .queue > .card:only-child .scroll {
    overflow: auto;
  }
  .ruling {
    flex: none;
    padding: 8px 12px;
    border-top: 1px solid var(--line);
  }
  .ruling .trouble {
    margin-bottom: 8px;
  }
  .ruling label {
    display: block;
    margin-bottom: 4px;
  }
  .ruling textarea {
    margin-bottom: 6px;
  }
  .missing {
    margin-bottom: 6px;
    color: var(--vscode-errorForeground);
  }
  .card .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
    margin-top: 2px;
    color: var(--faint);
    font-size: var(--small);
  }
  .phase {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    font-weight: 600;
  }
  .phase.good,
  .phase.bad,
  .phase.warn {
    color: var(--vscode-foreground);
  }
  .question {
    margin-top: 6px;
    font-weight: 600;
  }
  .because {
    margin-top: 6px;
  }
  .scroll > .link {
    display: inline-block;
    margin-top: 4px;
  }

  .meter {
    margin-top: 8px;
  }
  .meter svg {
    display: block;
    width: 100%;
    height: 12px;
  }
  .meter figcaption {
    margin-top: 2px;
    color: var(--faint);
    font-size: var(--small);
  }
  .track {
    fill: var(--vscode-charts-lines);
    opacity: 0.35;
  }
  .fill {
    fill: var(--busy);
  }
  .fill.good {
    fill: var(--good);
  }
  .fill.bad {
    fill: var(--bad);
  }
  .fill.warn {
    fill: var(--warn);
  }
  .fill.held {
    opacity: 0.4;
  }
  .meter .bar,
  .meter .zero {
    fill: none;
    stroke: var(--vscode-foreground);
    stroke-width: 1;
    vector-effect: non-scaling-stroke;
  }
  .meter .zero {
    opacity: 0.4;
  }
  .share {
    display: block;
    width: 100%;
    height: 4px;
    margin: 4px 0;
    border-radius: 2px;
  }

  .rows > li {
    padding: 1px 0;
  }
  .ballot.plain {
    padding-inline-start: 14px;
  }
  .ballot.plain,
  .ballot summary,
  .steps summary {
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 24px;
  }
  .ballot .name {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .ballot .sub {
    flex: none;
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .ballot .status {
    flex: none;
    font-size: var(--tiny);
    font-weight: 600;
  }
  .name,
  .folder,
  .claim {
    unicode-bidi: isolate;
  }
  .reason {
    display: grid;
    gap: 6px;
    margin: 0 0 6px 14px;
    padding-inline-start: 10px;
    border-inline-start: 1px solid var(--line);
    white-space: pre-line;
  }
  .reason > * {
    min-width: 0;
    white-space: pre-line;
  }
  .reason pre {
    white-space: pre;
  }
  .findings > li {
    padding: 3px 0;
  }
  .severity,
  .tag {
    display: inline-block;
    padding: 0 5px;
    border: 1px solid currentColor;
    border-radius: 3px;
    font-size: var(--tiny);
    line-height: 15px;
  }
  .severity.high,
  .severity.critical {
    color: var(--bad);
  }
  .severity.critical {
    font-weight: 700;
  }
  .severity.medium {
    color: var(--warn);
  }
  .severity.low {
    color: var(--faint);
  }
  .tag {
    border-color: var(--line);
    color: var(--faint);
  }
  .tag.confirmed {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .tag.corroborated {
    color: var(--vscode-foreground);
  }
  .place {
    font-family: var(--mono);
    font-size: var(--small);
  }
  .findings .sub {
    display: block;
  }
  .dissent {
    margin-top: 8px;
    padding: 2px 10px 8px;
    border: 1px solid var(--vscode-contrastBorder);
    border-inline-start: 3px solid var(--warn);
    border-radius: 4px;
    background: var(--vscode-textBlockQuote-background);
  }
  .dissent h4 {
    margin-top: 6px;
  }
  .dissent blockquote + blockquote {
    margin-top: 6px;
  }
  .rules {
    margin-top: 8px;
  }
  .ruled {
    display: flex;
    gap: 6px;
    margin-top: 8px;
    padding-top: 8px;
    border-top: 1px solid var(--line);
  }
  .told > details > summary {
    align-items: start;
  }
  .told > details > summary > .twist {
    margin-top: 3px;
  }
  .argv {
    margin-top: 8px;
    padding: 6px 8px;
    border: 1px solid var(--vscode-contrastBorder);
    border-radius: 4px;
    background: var(--vscode-textCodeBlock-background);
    line-height: 1.8;
  }
  .argv code {
    padding: 2px 4px;
    white-space: pre-wrap;
  }

  .steps {
    margin-top: 8px;
  }
  .steps > li + li {
    border-top: 1px solid var(--line);
  }
  .steps summary {
    display: grid;
    grid-template-columns: 12px 16px 1fr;
    align-items: start;
    gap: 0 6px;
    padding: 5px 0;
  }
  .steps .twist {
    margin-top: 4px;
  }
  .steps summary .icon:not(.twist) {
    margin-top: 1px;
  }
  .steps summary .sub {
    grid-column: 3;
  }
  .bullets {
    display: grid;
    gap: 2px;
    padding-inline-start: 16px;
    list-style: disc;
  }
  .files {
    margin-top: 8px;
  }
  .files > li {
    display: flex;
    gap: 8px;
    align-items: baseline;
    min-height: 22px;
  }
  .files abbr {
    flex: none;
    width: 12px;
    font-family: var(--mono);
    font-weight: 600;
    text-align: center;
    text-decoration: none;
  }
  .files .added {
    color: var(--vscode-gitDecoration-addedResourceForeground);
  }
  .files .modified,
  .files .renamed {
    color: var(--vscode-gitDecoration-modifiedResourceForeground);
  }
  .files .deleted {
    color: var(--vscode-gitDecoration-deletedResourceForeground);
  }
  .path {
    display: flex;
    flex: 1;
    min-width: 0;
    white-space: nowrap;
  }
  .folder {
    overflow: hidden;
    color: var(--faint);
    text-overflow: ellipsis;
  }
  .file {
    flex: none;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .counts {
    flex: none;
    font-family: var(--mono);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }

  .budget {
    margin-bottom: 10px;
  }
  .budget p {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 8px;
  }
  .budget p.sub {
    display: block;
  }
  .team > li {
    display: grid;
    grid-template-columns: 22px 1fr auto;
    gap: 0 8px;
    padding: 8px 0;
    border-top: 1px solid var(--line);
  }
  .team .name {
    font-weight: 600;
  }
  .team .avatar {
    grid-row: 1 / span 2;
  }
  .team .state {
    display: inline-flex;
    justify-content: end;
    align-items: center;
    gap: 2px;
    font-size: var(--small);
  }
  .team .doing {
    grid-column: 2 / -1;
  }
  .team .doing:empty {
    display: none;
  }
  .team .lineage {
    grid-column: 2;
    overflow-wrap: anywhere;
  }
  .team .cost {
    font-variant-numeric: tabular-nums;
  }
  .team .gone {
    opacity: 0.7;
  }
`;
