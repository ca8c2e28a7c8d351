// Makes elements. Texts are never markup.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

const h = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
const s = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

function select(label, options, value, change, key) {
  const items = options.map(([id, title]) => h("option", { value: id, selected: id === value }, title));
  const input = h("select", { onchange: event => change(event.target.value), "data-focus": key }, items);
  return h("label", { class: "choice" }, h("span", {}, label), input);
}

const button = (text, click, attributes = {}) => h("button", { type: "button", onclick: click, ...attributes }, text);

// A figure with all its digits for whoever asks: as the value, and to be pointed at where the text is rounded.
function figure(value, measure) {
  const exact = exactText(value, measure.scale);
  const text = shownText(value, measure);
  return h("data", { value: exact, title: exact && exact !== text.replaceAll(",", "") ? exact : null }, text);
}

// Puts new content in the place of old, and the focus back on the control that had it.
function replaced(node, ...children) {
  const key = document.activeElement?.dataset?.focus;
  node.replaceChildren(...children.flat());
  if (key && !document.activeElement?.dataset?.focus) node.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus();
}

function showDialog(title, ...content) {
  const dialog = document.getElementById("dialog");
  const close = button("Close", () => dialog.close(), { class: "quiet" });
  dialog.replaceChildren();
  filled(dialog, {}, [h("header", {}, h("h2", { id: "dialog-title" }, title), close), content]);
  dialog.showModal();
}

function download(name, lines) {
  const quoted = text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const text = lines.map(line => line.map(value => quoted(String(value))).join(",")).join("\r\n");
  const address = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  h("a", { href: address, download: `${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// A text that a spreadsheet would take for a formula is kept a text.
const cellText = word => (word === null ? "" : /^[=+\-@\t\r]/.test(word) ? `'${word}` : word);
const wordText = word => (word === null ? "(empty)" : word);
