import { render } from "lit";
import { connectHost } from "./host.ts";
import { createStore } from "./store.ts";
import { styles } from "./style/styles.ts";
import { app } from "./view/app.ts";

document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...styles];
const root = document.createElement("div");
root.id = "page";
document.body.append(root);

let drawing = false;

/** Draws once per frame, however many messages came in between. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    render(app(store.page(), store.act), root);
  });
}

const host = connectHost((message) => {
  store.receive(message);
});
const store = createStore(host, draw);
draw();
host.post({ type: "ready" });
