// The bar of filters of an entity: a range of days, the period before, and the words of its dimensions.

const MOST_WORDS = 400;
const FEW_WORDS = 12; // more are listed when the menu is opened, with a search
const PRESETS = [["All", 0], ["7 days", 7], ["30 days", 30], ["90 days", 90], ["1 year", 365]];

// The dimensions by which an entity is filtered, with all their words; those that show values in part are none of them.
function filterable(entity) {
  const found = new Map();
  for (const dimension of entity.marts.flatMap(mart => mart.dimensions)) {
    if (dimension.kind !== "text" || dimension.masked) continue;
    const item = found.get(dimension.name) ?? { ...dimension, words: [] };
    item.words = [...new Set([...item.words, ...dimension.words])];
    found.set(dimension.name, item);
  }
  return [...found.values()].filter(item => item.words.length > 1 && item.words.length <= MOST_WORDS);
}

function filterBar(entity, filter, extent, apply) {
  const range = (from, to) => apply({ ...filter, from, to });
  const date = (label, key) => h("label", { class: "choice" }, h("span", {}, label), h("input", {
    type: "date", value: filter[key], min: extent?.from, max: extent?.to, "data-focus": key, onchange: event => apply({ ...filter, [key]: event.target.value }),
  }));
  const presets = PRESETS.map(([title, days]) => {
    const from = days && extent ? shifted(extent.to, 1 - days) : "";
    const pressed = filter.from === from && filter.to === "";
    return button(title, () => range(from, ""), { class: "preset", "aria-pressed": String(pressed), "data-focus": title });
  });
  const compare = h("label", { class: "check" }, h("input", {
    type: "checkbox", checked: filter.compare, disabled: !filter.from, "data-focus": "compare", onchange: event => apply({ ...filter, compare: event.target.checked }),
  }), filter.from ? "Compare with the period before" : "Compare with the period before (choose a time first)");
  const time = extent ? [h("div", { class: "presets", role: "group", "aria-label": "Time" }, presets), date("From", "from"), date("To", "to"), compare] : [];
  const any = filter.from || filter.to || Object.values(filter.picked).some(picked => picked.size);
  const reset = button("Reset", () => apply({ from: "", to: "", compare: false, picked: {} }), { class: "quiet", disabled: !any, "data-focus": "reset" });
  return [...time, ...filterable(entity).map(item => menu(item, filter, apply)), reset];
}

function menu(dimension, filter, apply) {
  const picked = filter.picked[dimension.name] ?? new Set();
  const said = picked.size ? [...picked].slice(0, 2).map(wordText).join(", ") + (picked.size > 2 ? ` +${picked.size - 2}` : "") : "all";
  const toggle = (word, on) => {
    const next = new Set(picked);
    if (on) next.add(word);
    else next.delete(word);
    apply({ ...filter, picked: { ...filter.picked, [dimension.name]: next } });
  };
  const box = word => h("label", { class: "check" }, h("input", {
    type: "checkbox", checked: picked.has(word), "data-focus": `${dimension.name} ${word}`, onchange: event => toggle(word, event.target.checked),
  }), wordText(word));
  const search = boxes => h("input", {
    type: "search", placeholder: "Search", "aria-label": `Search ${dimension.title}`, oninput: event => boxes.forEach(item => {
      item.hidden = !item.textContent.toLowerCase().includes(event.target.value.toLowerCase());
    }),
  });
  const list = h("fieldset", {}, h("legend", { class: "hidden" }, dimension.title));
  const fill = () => {
    if (list.children.length > 1) return;
    const boxes = dimension.words.map(box);
    list.append(...(boxes.length > FEW_WORDS ? [search(boxes), ...boxes] : boxes));
  };
  const open = menus.open === dimension.name;
  if (open || dimension.words.length <= FEW_WORDS) fill();
  const toggled = event => {
    if (event.target.open) fill();
    menus.toggled(dimension.name, event.target.open);
  };
  const summary = h("summary", { "data-focus": `menu ${dimension.name}` }, h("span", {}, dimension.title), h("b", {}, said));
  return h("details", { class: picked.size ? "menu picked" : "menu", "data-name": dimension.name, open, ontoggle: toggled }, summary, list);
}

// Which menu is open: one at a time, and it stays open while words are picked.
const menus = {
  open: null,
  toggled(name, open) {
    if (open) menus.open = name;
    else if (menus.open === name) menus.open = null;
    for (const other of document.querySelectorAll("details.menu[open]")) if (other.dataset.name !== menus.open) other.open = false;
  },
};
