// The key figures of an entity, and the card of each mart: what is drawn and listed, and by what.

const MOST_LINES = 3;

function tiles(entity, filter, before) {
  const main = mainMart(entity);
  const sums = new Map(); // of a mart, by currency where there is one
  const sumsOf = (mart, by) => {
    const key = `${mart.name} ${by === before}`;
    const currency = currencyOf(mart, mart.measures);
    if (!sums.has(key)) sums.set(key, groups(mart, selected(mart, by), currency ? [currency] : [], mart.measures));
    return sums.get(key);
  };
  return main.measures.filter(measure => measure.form !== "figure").map(({ name }) => {
    const mart = martFor(entity, name, filter);
    const measure = measureOf(mart, name);
    const currency = currencyOf(mart, [measure]);
    const shown = by => (currency ? sumsOf(mart, by) : addedUp(mart, sumsOf(mart, by), null, mart.measures));
    const place = mart.measures.indexOf(measure);
    const earlier = before ? shown(before) : [];
    const found = shown(filter).sort(mostRows);
    const places = found.length || currency ? found : [{ places: [], figures: total(mart, [], mart.measures) }];
    const lines = places.slice(0, MOST_LINES).map(({ places: [word], figures }) => {
      const past = earlier.find(item => item.places[0] === word)?.figures[place] ?? null;
      const change = before ? h("span", { class: "change" }, changeText(figures[place], past, measure), h("span", { class: "hidden" }, " against the period before")) : null;
      return h("div", { class: currency ? "line" : "line large" }, currency ? h("span", { class: "unit" }, wordText(currency.words[word])) : null, figure(figures[place], measure), change);
    });
    const missed = unfiltered(mart, filter);
    const notes = [places.length > MOST_LINES && `${places.length - MOST_LINES} more currencies`, missed.length && `not filtered by ${missed.join(", ")}`];
    const source = button("SQL", () => showSource(mart, filter, currency ? [currency] : [], [measure], measure.title), { class: "link", "aria-label": `SQL of ${measure.title}` });
    return h("div", { class: "tile", "data-measure": name }, h("div", { class: "label", title: measure.description }, measure.title, source), lines,
      notes.some(Boolean) ? h("div", { class: "note" }, notes.filter(Boolean).join("; ")) : null);
  });
}

// What a card begins with: of the main mart the days and its money, of others what distinguishes them.
function firstChoice(mart) {
  const usable = mart.measures.filter(measure => measure.form !== "figure");
  const texts = mart.dimensions.filter(dimension => dimension.kind === "text" && dimension.name !== "currency");
  const main = mart === mainMart(mart.entity);
  const measure = (main && usable.find(item => item.unit === "currency" && item.form === "sum")) || usable[0] || mart.measures[0];
  const ranked = mart.dimensions.some(dimension => dimension.kind === "number");
  const by = ranked ? "*" : main && mart.time ? mart.time.name : (texts[0] ?? mart.time ?? mart.dimensions[0])?.name ?? "*";
  return { measure: measure.name, by, sort: null, all: false };
}

// Newest days first; ranks from the first; words by their figure.
function firstSort(mart, card) {
  const number = mart.dimensions.find(dimension => dimension.kind === "number");
  if (card.by === "*" && number) return { by: number.name, down: false };
  const time = mart.time && (card.by === "*" || card.by === mart.time.name);
  return { by: time ? mart.time.name : card.measure, down: true };
}

const emptyCard = mart => h("article", { class: mart.measures.length > 4 ? "card broad" : "card", "data-mart": mart.name });

function draw(node, space, mart, filter, before, context) {
  const head = h("div", { class: "head" }, h("h3", {}, mart.title), mart.as_of ? h("span", { class: "badge bad" }, mart.as_of) : null, h("p", {}, mart.description));
  if (mart.problem) {
    replaced(node, head, h("p", { class: "problem" }, mart.problem));
    return;
  }
  const card = context.card(mart);
  const again = change => {
    Object.assign(card, change);
    draw(node, node.clientWidth, mart, filter, before, context);
  };
  const measure = measureOf(mart, card.measure);
  const split = dimensionOf(mart, card.by);
  const past = mart.time ? before : null;
  const options = mart.measures.filter(item => item.form !== "figure").map(item => [item.name, item.title]);
  const by = [...mart.dimensions.map(item => [item.name, item.title]), ...(mart.dimensions.length > 1 ? [["*", "All columns"]] : [])];
  const controls = h("div", { class: "controls" },
    options.length > 1 ? select("Show", options, card.measure, value => again({ measure: value }), `${mart.name} show`) : null,
    by.length > 1 ? select("By", by, card.by, value => again({ by: value, sort: null, all: false }), `${mart.name} by`) : null);
  const missed = unfiltered(mart, filter);
  const notes = [
    missed.length && `Not filtered by ${missed.join(", ")}.`,
    mart.left_out.length && `${mart.left_out.join(", ")} ${mart.left_out.length === 1 ? "is" : "are"} added up here: by all columns the mart has ${mart.whole.toLocaleString("en")} rows.`,
  ].filter(Boolean);
  const pick = (start, unit) => (unit === "day" ? context.drill(start) : context.zoom(start, unit));
  const width = Math.max(300, Math.round(space) - 42);
  const drawn = mart.time && measure.form !== "figure"
    ? panels(mart, filter, past, measure, split && split.kind !== "time" ? split : null, { width, extent: context.extent, pick }) : [];
  const table = tableOf(mart, filter, past, card.by);
  const sort = card.sort ?? firstSort(mart, card);
  const lines = sorted(table, mart, sort);
  const element = tableElement(table, card.all ? lines : lines.slice(0, FEW_ROWS), mart, { ...card, sort }, {
    measure, before: past,
    choose: (dimension, word) => (dimension.kind === "time" ? context.drill(dayOf(word)) : context.only(dimension, word)),
    sort: name => again({ sort: { by: name, down: sort.by === name ? !sort.down : !table.dimensions.some(item => item.name === name) } }),
  });
  const more = lines.length > FEW_ROWS ? button(card.all ? "Show fewer rows" : `Show all ${lines.length.toLocaleString("en")} rows`, () => again({ all: !card.all }), { class: "quiet", "data-focus": `${mart.name} more` }) : null;
  const actions = h("p", { class: "actions" }, more,
    button("Export CSV", () => exportTable(table, lines, mart), { class: "quiet", "data-focus": `${mart.name} export` }),
    button("SQL", () => showSource(mart, filter, table.dimensions, mart.measures, mart.title), { class: "quiet", "data-focus": `${mart.name} sql` }), assetLink(mart.name));
  replaced(node, head, notes.length ? h("p", { class: "notes" }, notes.join(" ")) : [], controls, h("div", { class: width > 800 ? "charts beside" : "charts" }, drawn), element, actions);
}
