import { css } from "lit";

/** What a decision is judged by: score, checks, findings, ballots and dissent. */
export const grounds = css`
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
  .reason.flat > * {
    white-space: normal;
  }
  .findings > li {
    padding: 5px 0;
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
  .tag.refuted {
    text-decoration: line-through;
  }
  .place {
    font-family: var(--mono);
    font-size: var(--small);
  }
  .findings .sub {
    display: block;
  }
  .verified {
    display: flex;
    gap: 6px;
    margin-top: 4px;
    padding: 4px 8px;
    border-inline-start: 2px solid var(--line);
  }
  .verified > div {
    min-width: 0;
  }
  .verified pre {
    margin: 4px 0 0;
    max-height: 120px;
  }
  .reason del {
    color: var(--bad);
  }
  .reason ins {
    color: var(--good);
    text-decoration: none;
  }
  .found {
    display: grid;
    gap: 10px;
    margin: 4px 0 8px;
    padding: 0;
    list-style: none;
  }
  .one {
    display: grid;
    gap: 3px;
    min-width: 0;
  }
  .found > li,
  .one > * {
    min-width: 0;
  }
  .found > li + li {
    padding-top: 10px;
    border-top: 1px solid var(--line);
  }
  .verified > div {
    flex: 1;
  }
  .one.dismissed,
  .one.settled {
    opacity: 0.85;
  }
  .why {
    padding-inline-start: 8px;
    border-inline-start: 2px solid var(--line);
  }
  .aside {
    display: grid;
    gap: 4px;
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
`;
