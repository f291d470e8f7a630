import { css } from "lit";

/** The header with its menus. */
export const header = css`
  .top {
    display: flex;
    flex: none;
    align-items: center;
    gap: 2px;
    padding: 4px 8px 2px;
  }
  .brand {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 6px;
    padding-inline-start: 4px;
    font-weight: 600;
  }
  .switch {
    flex: 1;
    min-width: 0;
    justify-content: start;
    gap: 6px;
    padding-inline: 4px;
    font-weight: 600;
  }
  .goal {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: isolate;
  }
  .menu {
    position: fixed;
    inset: 36px 8px auto auto;
    margin: 0;
    min-width: 200px;
    max-height: calc(100% - 48px);
    padding: 4px;
    overflow: auto;
    border: 1px solid var(--vscode-menu-border);
    border-radius: 6px;
    color: var(--vscode-menu-foreground);
    background: var(--vscode-menu-background);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .menu.wide {
    width: min(520px, calc(100% - 16px));
    inset: 36px auto auto 8px;
  }
  .menu h2 {
    padding: 6px 8px 2px;
    color: var(--faint);
    font-size: var(--tiny);
  }
  .menu button {
    display: flex;
    width: 100%;
    justify-content: start;
    padding: 3px 8px;
    border: 0;
    color: inherit;
    background: none;
  }
  .menu button:hover,
  .menu button:focus-visible,
  .list .row:hover {
    color: inherit;
    background: var(--vscode-list-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder);
    outline-offset: -1px;
  }
  .menu .all {
    margin-top: 4px;
    gap: 8px;
  }
  .mission-row,
  .menu .mission-row {
    display: grid;
    grid-template-columns: 16px 1fr auto;
    gap: 0 8px;
    width: 100%;
    padding: 5px 8px;
    border-radius: 4px;
    text-align: start;
  }
  .mission-row .sub {
    grid-column: 2 / -1;
  }
  .mission-row .cost {
    color: var(--faint);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  .mission-row[aria-current="true"] {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
  }
  .mission-row[aria-current="true"] :is(.sub, .cost) {
    color: inherit;
    opacity: 0.8;
  }

  @media (max-width: 459px) {
    .top .word {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
`;
