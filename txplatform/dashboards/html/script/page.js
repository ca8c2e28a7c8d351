// The page: reads the document, follows the address, and draws the entity that is chosen.

const filters = new Map();
const cards = new Map();

const ABSENT = "\u0000"; // in the address, of records that lack a value
const emptyFilter = () => ({ from: "", to: "", compare: false, picked: {} });

// The address keeps entity and filter, so that a view can be shared and reloaded.
function fromAddress(entities) {
  const [name, query = ""] = location.hash.slice(1).split("?");
  const entity = entities.find(item => item.name === name) ?? entities[0];
  const filter = emptyFilter();
  for (const [key, value] of new URLSearchParams(query)) {
    if (key === "from" || key === "to") filter[key] = /^\d{4}-\d\d-\d\d$/.test(value) ? value : "";
    else if (key === "compare") filter.compare = value === "1";
    else filter.picked[key] = new Set([...(filter.picked[key] ?? []), value === ABSENT ? null : value]);
  }
  return { entity, filter };
}

function address(entity, filter) {
  const query = new URLSearchParams();
  for (const key of ["from", "to"]) if (filter[key]) query.set(key, filter[key]);
  if (filter.compare) query.set("compare", "1");
  for (const [name, picked] of Object.entries(filter.picked)) for (const word of picked) query.append(name, word ?? ABSENT);
  return `#${entity.name}${query.size ? `?${query}` : ""}`;
}

function said(filter) {
  const time = filter.from || filter.to ? `${filter.from || "the beginning"} to ${filter.to || "the latest day"}` : "All time";
  const words = Object.entries(filter.picked).filter(([, picked]) => picked.size).map(([name, picked]) => `${name} ${[...picked].map(wordText).join(", ")}`);
  return [time, ...words].join("; ");
}

// What stays of an entity while its filter changes: so the page does not jump, and live texts are heard.
let view = { entity: null };
let waiting = []; // cards outside of the window, which are drawn after those that are seen

function viewOf(entity) {
  const made = {
    entity,
    filters: h("div", { class: "filters", role: "group", "aria-label": "Filters" }),
    said: h("p", { class: "said", role: "status" }),
    tiles: h("div", { class: "tiles", id: "measures" }),
    cards: new Map(inOrder(entity).map(mart => [mart, emptyCard(mart)])),
  };
  const heading = h("div", { class: "heading" }, h("h2", {}, entity.title), entity.as_of ? h("span", { class: "badge bad" }, entity.as_of) : "");
  document.getElementById("entity").replaceChildren(heading, made.filters, made.said, made.tiles, h("div", { class: "cards" }, [...made.cards.values()]));
  for (const link of document.querySelectorAll("#entities a")) {
    if (link.dataset.entity === entity.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  return made;
}

function contextOf(entity, filter, extent, apply) {
  return {
    extent,
    card: mart => cards.get(mart.name) ?? cards.set(mart.name, firstChoice(mart)).get(mart.name),
    drill: day => showRecords(entity, filter, day),
    zoom: (start, unit) => apply({ ...filter, from: start, to: unit === "week" ? shifted(start, 6) : shifted(startOf(shifted(start, 31), "month"), -1) }),
    only: (dimension, word) => {
      const picked = filter.picked[dimension.name];
      const alone = picked?.size === 1 && picked.has(word);
      apply({ ...filter, picked: { ...filter.picked, [dimension.name]: new Set(alone ? [] : [word]) } });
    },
  };
}

function show(entity, filter) {
  const extent = extentOf(entity);
  const before = filter.compare ? previous(filter, extent) : null;
  const apply = next => {
    const kept = next.from ? next : { ...next, compare: false };
    filters.set(entity.name, kept);
    history.replaceState(null, "", address(entity, kept));
    show(entity, kept);
  };
  if (view.entity !== entity) view = viewOf(entity);
  const context = contextOf(entity, filter, extent, apply);
  replaced(view.filters, filterBar(entity, filter, extent, apply));
  view.said.textContent = said(filter) + (before ? `; compared with ${before.from} to ${before.to}` : "");
  replaced(view.tiles, mainMart(entity) ? tiles(entity, filter, before) : []);
  const places = [...view.cards].map(([mart, node]) => ({ mart, node, width: node.clientWidth, box: node.getBoundingClientRect() }));
  waiting = [];
  for (const { mart, node, width, box } of places) {
    const action = () => {
      draw(node, width, mart, filter, before, context);
      node.removeAttribute("aria-busy");
    };
    if (box.top < innerHeight && box.bottom > 0) action();
    else {
      node.setAttribute("aria-busy", "true");
      waiting.push(action);
    }
  }
  setTimeout(drawNext);
}

function drawNext() {
  waiting.shift()?.();
  if (waiting.length) setTimeout(drawNext);
}

async function start() {
  const packed = Uint8Array.from(atob(document.getElementById("figures").textContent), character => character.charCodeAt(0));
  const entities = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  if (!entities.length) return;
  document.getElementById("entities").append(...entities.map(item => h("a", { href: `#${item.name}`, "data-entity": item.name }, item.title)));
  const follow = () => {
    const { entity, filter } = fromAddress(entities);
    const own = location.hash.includes("?") ? filter : (filters.get(entity.name) ?? filter);
    if (!entity.marts[0].entity) prepared(entity);
    filters.set(entity.name, own);
    show(entity, own);
  };
  addEventListener("hashchange", follow);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (Math.abs(innerWidth - width) < 24) return;
    width = innerWidth;
    follow();
  });
  addEventListener("beforeprint", () => {
    while (waiting.length) waiting.shift()();
  });
  follow();
  document.body.classList.add("drawn");
  performance.mark("drawn");
}

start();
