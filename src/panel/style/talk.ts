import { css } from "lit";

/** The conversation. */
export const talk = css`
  .talk {
    position: relative;
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .filter {
    display: flex;
    flex: none;
    gap: 4px;
    padding: 8px 12px 6px;
  }
  .feed {
    border-top: 1px solid var(--line);
  }
  .filter input {
    flex: 2 1 100px;
    min-width: 0;
  }
  .filter select {
    flex: 0 1 auto;
    min-width: 0;
    max-width: 130px;
    field-sizing: content;
    text-overflow: ellipsis;
  }
  .extent {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 0 12px;
    padding: 0 12px 4px;
    color: var(--faint);
    font-size: var(--small);
  }
  .feed {
    flex: 1;
    min-height: 0 !important;
    overflow-anchor: none;
  }
  .line {
    width: 100%;
    padding: 0 12px;
  }
  .rule {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 6px 0;
    color: var(--faint);
    font-size: var(--tiny);
  }
  .rule::before,
  .rule::after {
    content: "";
    flex: 1;
    border-top: 1px solid var(--line);
  }
  .said {
    position: relative;
    display: grid;
    grid-template-columns: 22px minmax(0, 1fr);
    gap: 0 8px;
    padding: 7px 0;
    border-radius: 4px;
  }
  .said > :is(.md, .more) {
    grid-column: 2;
  }
  .said > .avatar {
    margin-top: 1px;
  }
  .said header {
    display: flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
  }
  .said header .name {
    overflow: hidden;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .said .to,
  .said time {
    flex: none;
    color: var(--faint);
    font-size: var(--small);
  }
  .said .to {
    flex: 0 1 auto;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .said time {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .said header .icon {
    width: 14px;
    height: 14px;
  }
  .avatar {
    display: grid;
    place-items: center;
    width: 22px;
    height: 22px;
    border: 1px solid var(--line);
    border-radius: 5px;
    font-size: var(--tiny);
    font-weight: 600;
  }
  .avatar .icon {
    width: 14px;
    height: 14px;
  }
  .tint0 {
    border-color: var(--vscode-charts-blue);
  }
  .tint1 {
    border-color: var(--vscode-charts-purple);
  }
  .tint2 {
    border-color: var(--vscode-charts-green);
  }
  .tint3 {
    border-color: var(--vscode-charts-yellow);
  }
  .tint4 {
    border-color: var(--vscode-charts-red);
  }
  .tint5 {
    border-color: var(--vscode-charts-foreground);
  }
  .avatar.you {
    border-color: var(--vscode-button-border);
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
  }

  .said.is-tool,
  .said.is-ballot,
  .said.is-system {
    display: block;
    padding: 0;
  }
  .said.is-system {
    display: flex;
    align-items: baseline;
    gap: 8px;
    padding: 3px 0 3px 30px;
    color: var(--faint);
    font-size: var(--small);
  }
  .compact {
    padding-inline-start: 30px;
  }
  .compact summary,
  div.compact {
    color: var(--faint);
    font-size: var(--small);
  }
  .compact > summary,
  .compact > details > summary,
  .compact:not(:has(details)) {
    display: flex;
    align-items: center;
    gap: 5px;
    min-height: 22px;
  }
  .compact .twist {
    order: 9;
    margin: 0;
  }
  .compact .icon:not(.twist) {
    width: 13px;
    height: 13px;
  }
  .compact .name {
    flex: none;
    color: var(--vscode-foreground);
  }
  .compact .gist {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: isolate;
  }
  .compact .md {
    padding: 2px 0 6px 18px;
    color: var(--vscode-foreground);
  }

  .md {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .md > div > * + * {
    margin-top: 6px;
  }
  .md.aside {
    flex: 1;
  }
  .md ul {
    padding-inline-start: 18px;
    list-style: disc;
  }
  .md ol {
    padding-inline-start: 22px;
    list-style: decimal;
  }
  .md li + li {
    margin-top: 2px;
  }
  .md blockquote {
    padding-inline-start: 8px;
    border-inline-start: 3px solid var(--vscode-textBlockQuote-border);
  }
  .md table {
    display: block;
    max-width: 100%;
    overflow: auto;
    border-collapse: collapse;
  }
  .md :is(th, td) {
    padding: 2px 8px;
    border: 1px solid var(--line);
    text-align: start;
  }
  .md.cut {
    max-height: 20em;
    overflow: hidden;
    mask-image: linear-gradient(#000 70%, transparent);
  }
  .more {
    justify-self: start;
    margin-top: 2px;
  }

  .latest {
    position: absolute;
    inset: auto 16px 10px auto;
    border-color: var(--vscode-button-border);
    border-radius: 13px;
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    box-shadow: 0 1px 4px var(--vscode-widget-shadow);
  }
  .typing {
    flex: none;
    padding: 4px 12px 6px;
    border-top: 1px solid var(--line);
    color: var(--faint);
    font-size: var(--small);
  }
  .typing li {
    display: flex;
    gap: 6px;
    min-width: 0;
  }
  .typing span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .talk:has(.typing) .latest {
    bottom: 48px;
  }
`;
