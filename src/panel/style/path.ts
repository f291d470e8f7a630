import { css } from "lit";

/** The path of a mission: lanes, arrows, and bars of time. Lines and shapes differ, not colours alone. */
export const path = css`
  .part.path {
    display: block;
    white-space: normal;
    padding: 0 12px 10px;
  }
  .lanehead {
    position: sticky;
    top: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 6px 0 4px;
    border-bottom: 1px solid var(--line);
    background: var(--vscode-sideBar-background);
  }
  .lanehead > svg {
    flex: none;
  }
  .lanehead .avatar {
    width: 20px;
    height: 20px;
  }
  .lanedot {
    fill: var(--faint);
  }
  .legend {
    display: flex;
    align-items: center;
    gap: 4px;
    color: var(--faint);
    font-size: var(--tiny);
    white-space: nowrap;
  }
  .legend svg + svg,
  .legend svg:not(:first-child) {
    margin-inline-start: 6px;
  }
  .earlier {
    padding: 6px 0;
  }
  .way .hop {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    grid-template-rows: auto auto;
    gap: 1px 8px;
    width: 100%;
    height: 3em;
    padding: 0;
    border: 0;
    border-radius: 0;
    color: var(--vscode-foreground);
    background: none;
    text-align: start;
  }
  .way .hop:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .way .hop:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .way .lanes {
    grid-row: 1 / 3;
    height: 3em;
  }
  .way .what {
    align-self: end;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .way .what b {
    font-weight: 600;
  }
  .way .outcome {
    color: var(--faint);
  }
  .way .took {
    align-self: end;
    color: var(--faint);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .way .time {
    grid-column: 2 / 4;
    align-self: start;
    margin-top: 3px;
    overflow: visible;
  }
  .lane {
    stroke: var(--faint);
    stroke-dasharray: 2 3;
    opacity: 0.45;
  }
  .shaft {
    stroke: var(--busy);
    stroke-width: 1.5;
  }
  .head {
    overflow: visible;
  }
  .head path,
  .start,
  .knot {
    fill: var(--busy);
  }
  .is-vote .knot,
  .is-ruling .head path,
  .is-ruling .start {
    fill: var(--vscode-charts-purple);
  }
  .is-ruling .shaft {
    stroke: var(--vscode-charts-purple);
  }
  .is-build .knot,
  .is-merge .knot {
    fill: var(--good);
  }
  .way .bad .shaft {
    stroke: var(--bad);
    stroke-dasharray: 4 2;
  }
  .way .bad .head path,
  .way .bad .start {
    fill: var(--bad);
  }
  .way .bad .took,
  .calls .bad .took {
    color: var(--bad);
  }
  .way .busy .took {
    color: var(--busy);
  }
  .time .whole {
    fill: var(--faint);
    opacity: 0.35;
  }
  rect.model {
    fill: var(--busy);
  }
  rect.tool {
    fill: var(--vscode-charts-yellow);
  }
  .calls {
    margin: 0 0 6px 12px;
    padding-inline-start: 8px;
    border-inline-start: 1px solid var(--line);
    font-size: var(--small);
  }
  .calls li {
    display: flex;
    align-items: baseline;
    gap: 6px;
  }
  .calls .name {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
`;
