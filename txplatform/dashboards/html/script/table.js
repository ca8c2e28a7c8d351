// The table of a card: groups with all their figures, sortable, with totals, and as a CSV file.

const FEW_ROWS = 10;

// What the table shows: its dimensions, and a line for each group with the words, the figures and those before.
function tableOf(mart, filter, before, by) {
  const rows = selected(mart, filter);
  const own = by === "*" ? mart.dimensions : [dimensionOf(mart, by)];
  const currency = currencyOf(mart, mart.measures);
  const dimensions = currency && !own.includes(currency) ? [...own, currency] : own;
  const shift = before && filter.from ? daysBetween(before.from, filter.from) : 0;
  const keyOf = (words, days) => words.map((word, place) =>
    dimensions[place].kind === "time" && word ? shifted(dayOf(word), days) + word.slice(10) : word).join("\u0000");
  const linesOf = all => {
    const found = groups(mart, all, dimensions, mart.measures);
    for (const line of found) line.words = line.places.map((place, index) => dimensions[index].words[place]);
    return found;
  };
  const past = before ? linesOf(selected(mart, before)) : [];
  const pastOf = new Map(past.map(line => [keyOf(line.words, shift), line.figures]));
  const found = linesOf(rows);
  if (before) for (const line of found) line.before = pastOf.get(keyOf(line.words, 0));
  const place = currency ? dimensions.indexOf(currency) : null;
  const pastSums = addedUp(mart, past, place, mart.measures);
  const totals = addedUp(mart, found, place, mart.measures).sort(mostRows).map(sum => ({
    title: currency ? `Total ${wordText(currency.words[sum.places[0]])}` : "Total",
    figures: sum.figures,
    before: pastSums.find(item => item.places[0] === sum.places[0])?.figures ?? null,
  }));
  return { dimensions, lines: found, totals };
}

function sorted(table, mart, sort) {
  const place = table.dimensions.findIndex(dimension => dimension.name === sort.by);
  const measure = mart.measures.findIndex(item => item.name === sort.by);
  const order = sort.down ? -1 : 1;
  const compared = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : (a < b ? -1 : 1) * order);
  const first = place >= 0 ? line => line.places[place] : line => line.figures[measure];
  const tie = (a, b) => a.places.reduce((found, value, index) => found || value - b.places[index], 0);
  return [...table.lines].sort((a, b) => compared(first(a), first(b)) || tie(a, b));
}

function tableElement(table, lines, mart, card, { measure, before, choose, sort }) {
  const marks = { true: "descending", false: "ascending" };
  const heading = (column, number) => h("th", {
    scope: "col", class: number && "number", title: column.description, "aria-sort": card.sort.by === column.name ? marks[card.sort.down] : null,
  }, button(column.title, () => sort(column.name), { class: "sort", "data-focus": `${mart.name} ${column.name}` }));
  const extra = before ? [h("th", { scope: "col", class: "number" }, "Before"), h("th", { scope: "col", class: "number" }, "Change")] : [];
  const chosen = mart.measures.indexOf(measure);
  const size = line => (line.figures[chosen] === null ? 0 : Math.max(0, approximate(line.figures[chosen], measure.scale)));
  const most = new Map();
  const ofCurrency = table.dimensions.indexOf(currencyOf(mart, [measure]));
  const unit = line => (ofCurrency < 0 ? 0 : line.places[ofCurrency]);
  for (const line of table.lines) most.set(unit(line), Math.max(most.get(unit(line)) ?? 0, size(line)));
  const numbers = (figures, past, share) => mart.measures.flatMap((item, place) => {
    const cell = h("td", { class: place === chosen ? "number chosen" : "number" }, figure(figures[place], item));
    if (place === chosen && share) cell.style.setProperty("--share", `${(100 * share).toFixed(1)}%`);
    if (place !== chosen || !before) return [cell];
    const earlier = past ? past[place] : null;
    return [cell, h("td", { class: "number muted" }, figure(earlier, item)), h("td", { class: "number" }, changeText(figures[place], earlier, item))];
  });
  const word = (line, place) => {
    const dimension = table.dimensions[place];
    const text = wordText(line.words[place]);
    const able = dimension.kind !== "number" && !dimension.masked;
    const hint = dimension.kind === "time" ? `Records of ${text}` : `Only ${dimension.title.toLowerCase()} ${text}`;
    return able ? button(text, () => choose(dimension, line.words[place]), { class: "word", title: hint }) : text;
  };
  const body = lines.map(line => h("tr", {},
    line.words.map((_, place) => h(place ? "td" : "th", place ? {} : { scope: "row" }, word(line, place))),
    numbers(line.figures, line.before, most.get(unit(line)) ? size(line) / most.get(unit(line)) : 0)));
  const feet = table.totals.map(item => h("tr", {}, h("th", { scope: "row", colspan: table.dimensions.length }, item.title), numbers(item.figures, item.before, 0)));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${mart.title}, table` },
    h("table", {}, h("thead", {}, h("tr", {}, table.dimensions.map(item => heading(item, item.kind === "number")),
      mart.measures.flatMap(item => [heading(item, true), ...(item === measure ? extra : [])]))),
    h("tbody", {}, body), h("tfoot", {}, feet)));
}

// Every line with all digits, in the order of the table.
function exportTable(table, lines, mart) {
  const names = [...table.dimensions, ...mart.measures].map(item => item.name);
  const values = lines.map(line => [
    ...line.words.map(cellText), ...mart.measures.map((item, place) => exactText(line.figures[place], item.scale)),
  ]);
  download(mart.name, [names, ...values]);
}
