import { css } from "lit";

/** The bar of a replay. */
export const replay = css`
  button.link.replay-start {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    color: var(--vscode-textLink-foreground);
  }
  .replay-start:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  section.replay {
    flex: none;
    margin: 4px 8px;
    padding: 4px 8px 6px;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-focusBorder));
    border-radius: 6px;
    background: var(--vscode-editorWidget-background);
  }
  section.replay .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  section.replay input[type="range"] {
    flex: 1;
    min-width: 80px;
    padding: 0;
    border: 0;
    background: none;
    accent-color: var(--vscode-focusBorder);
  }
  section.replay .where {
    flex: 1;
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  section.replay .on .icon {
    transform: scaleX(-1);
  }
  section.replay p {
    margin: 2px 0 0;
  }
`;
