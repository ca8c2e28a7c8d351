// The charts of a card: one over time for each currency in which is measured, its series by a dimension.

const TONES = ["s0", "s1", "s2", "s3", "s4"];
const MOST_PANELS = 3;

function panels(mart, filter, before, measure, split, { width, extent, pick }) {
  const rows = selected(mart, filter);
  const [from, to] = [filter.from || extent.from, filter.to || extent.to];
  if (!rows.length || daysBetween(from, to) < 0) return [h("p", { class: "muted" }, "Nothing in this selection.")];
  const axis = axisOf(mart.time, from, to);
  const currency = currencyOf(mart, [measure]);
  const sums = groups(mart, rows, currency ? [currency] : [], [measure]).sort(mostRows);
  const earlier = before ? selected(mart, before) : [];
  const beforeAxis = before ? axisOf(mart.time, before.from, before.to) : null;
  const beside = width > 800 ? Math.min(sums.length, MOST_PANELS) : 1;
  const each = Math.floor((width - 24 * (beside - 1)) / beside);
  const height = sums.length > 1 && beside === 1 ? 150 : 220;
  const shown = sums.slice(0, MOST_PANELS).map(({ places: [place = null], figures: [sum] }) => {
    const own = all => (place === null ? all : all.filter(row => currency.places[row] === place));
    const series = seriesOf(mart, own(rows), axis, measure, split === currency ? null : split);
    const past = before ? seriesOf(mart, own(earlier), beforeAxis, measure, null)[0]?.figures ?? [] : null;
    const word = place === null ? "" : wordText(currency.words[place]);
    const head = h("p", { class: "panel" }, word && h("b", {}, word), h("span", {}, figure(sum, measure), measure.form === "sum" ? " in total" : " of all"));
    const name = `${mart.entity.title}, ${mart.title}: ${measure.title}${word && ` in ${word}`} by ${axis.unit}`;
    const chart = timeChart({ width: each, height, name, axis, series, measure, before: past, pick: start => pick(start, axis.unit) });
    return h("div", {}, head, chart, legend(series, before));
  });
  const hidden = sums.length - MOST_PANELS;
  const more = hidden > 0 ? h("p", { class: "muted" }, `${hidden} more ${hidden === 1 ? "currency" : "currencies"} in the table; choose one above to draw it.`) : null;
  return [...shown, more];
}

// Groups with the most rows first.
const mostRows = (a, b) => b.rows - a.rows || a.places[0] - b.places[0];

// A figure for each step, of everything or of each word of a dimension; those beyond the palette are added up.
function seriesOf(mart, rows, axis, measure, split) {
  const dimensions = split ? [mart.time, split] : [mart.time];
  const found = new Map();
  for (const group of groups(mart, rows, dimensions, [measure], new Map([[mart.time, axis.steps]]))) {
    const [step, place = 0] = group.places;
    if (step < 0) continue;
    if (!found.has(place)) found.set(place, { title: split ? wordText(split.words[place]) : "", size: 0, figures: [] });
    const item = found.get(place);
    item.figures[step] = group.figures[0];
    item.size += Math.abs(Number(group.figures[0] ?? 0n));
  }
  const empty = measure.form === "sum" ? 0n : null;
  const ordered = [...found.values()].sort((a, b) => b.size - a.size);
  for (const item of ordered) item.figures = axis.starts.map((_, step) => item.figures[step] ?? empty);
  const drawn = ordered.slice(0, TONES.length).map((item, place) => ({ ...item, tone: TONES[place] }));
  const others = ordered.slice(TONES.length);
  if (!others.length || measure.form !== "sum") return drawn;
  const sums = axis.starts.map((_, step) => others.reduce((sum, item) => sum + item.figures[step], 0n));
  return [...drawn, { title: `${others.length} others`, tone: "s5", figures: sums }];
}

function legend(series, before) {
  const items = series.filter(item => item.title).map(item => h("span", {}, h("i", { class: item.tone }), item.title));
  return h("p", { class: "legend" }, items, before ? h("span", {}, h("i", { class: "before" }), "period before") : null);
}
