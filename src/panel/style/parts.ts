import { css } from "lit";

/** Plan, change and team. */
export const parts = css`
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
