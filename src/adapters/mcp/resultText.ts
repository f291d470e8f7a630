/** What a tool's result says, as text: its text blocks and embedded texts; anything else by kind and size. */
export function resultText(result: Readonly<Record<string, unknown>>): string {
  const blocks = Array.isArray(result["content"]) ? result["content"] : [];
  const texts = blocks.map(blockText).filter((text) => text !== "");
  if (texts.length === 0 && result["structuredContent"] !== undefined)
    return JSON.stringify(result["structuredContent"]);
  return texts.join("\n");
}

function blockText(block: unknown): string {
  if (!isRecord(block)) return "";
  if (typeof block["text"] === "string") return block["text"];
  const { resource, uri, data, mimeType } = block;
  if (isRecord(resource))
    return typeof resource["text"] === "string"
      ? resource["text"]
      : `[resource ${String(resource["uri"])}]`;
  if (typeof uri === "string") return `[link ${uri}]`;
  if (typeof data === "string")
    return `[${typeof mimeType === "string" ? mimeType : "data"}, ${String(data.length)} characters of base64]`;
  return "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
