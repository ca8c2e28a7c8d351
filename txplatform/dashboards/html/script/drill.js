// Dialogs: the records of a day, and where figures come from.

// The newest records of a day that are on the page, of those that the filter lets through.
function showRecords(entity, filter, day) {
  const { columns, rows, counts, since, sql, problem } = entity.records;
  const ofDay = rows.filter(row => row[0] === day);
  const tests = Object.entries(filter.picked).filter(([name, picked]) => picked.size && columns.includes(name));
  const shown = ofDay.filter(row => tests.every(([name, picked]) => picked.has(row[columns.indexOf(name) + 1])));
  const all = counts[day] ?? ofDay.length;
  const missed = Object.keys(filter.picked).filter(name => filter.picked[name].size && !columns.includes(name));
  const sentences = [
    problem ?? (day < since ? `Days before ${since} have no records on this page.` : `${ofDay.length.toLocaleString("en")} of ${all.toLocaleString("en")} records, newest first.`),
    tests.length && `${shown.length.toLocaleString("en")} of these match the filter.`,
    missed.length && `Not filtered by ${missed.join(", ")}.`,
    "Personal values and identifiers of persons are masked.",
  ];
  const head = h("thead", {}, h("tr", {}, columns.map(name => h("th", { scope: "col" }, name))));
  const body = h("tbody", {}, shown.map(row => h("tr", {}, row.slice(1).map(value => h("td", {}, wordText(value))))));
  const save = button("Export CSV", () => download(`${entity.name}-${day}`, [columns, ...shown.map(row => row.slice(1).map(cellText))]), { class: "quiet" });
  showDialog(`${entity.title} of ${day}`, h("p", { class: "muted", id: "shown-of" }, sentences.filter(Boolean).join(" ")),
    shown.length ? [h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Records" }, h("table", {}, head, body)), h("p", { class: "actions" }, save)] : null,
    h("h3", {}, "All of them"), code(sql.replace("{day}", day)));
}

// The statement that gives figures, the view that it reads, and the view's asset in Dagster.
function showSource(mart, filter, dimensions, measures, title) {
  const missed = unfiltered(mart, filter);
  showDialog(title, missed.length ? h("p", { class: "muted" }, `Not filtered by ${missed.join(", ")}.`) : null,
    code(statement(mart, filter, dimensions, measures)),
    h("dl", {}, measures.flatMap(item => [h("dt", {}, item.title), h("dd", {}, item.description)])),
    h("h3", {}, `The view ${mart.name}`), code(mart.sql), h("p", { class: "actions" }, assetLink(mart.name)));
}

function code(text) {
  const copy = button("Copy", () => navigator.clipboard?.writeText(text), { class: "quiet copy" });
  return h("div", { class: "code" }, copy, h("pre", { tabindex: 0 }, text));
}

function assetLink(name) {
  const base = document.getElementById("figures").dataset.dagster;
  return base ? h("a", { href: `${base}/assets/${name}`, target: "_blank", rel: "noopener" }, `${name} in Dagster`) : null;
}
