// The figures of a mart: what of them is selected, and their sums by some dimensions.

// Turns the texts of the document into figures, once.
function prepared(entity) {
  for (const mart of entity.marts) {
    mart.entity = entity;
    for (const measure of mart.measures) {
      const texts = measure.form === "ratio" || !mart.rows ? [] : measure.values.split(" ");
      measure.figures = texts.map(text => (text === "" ? null : BigInt(text)));
      measure.everything = measure.figures.reduce((sum, figure) => sum + (figure ?? 0n), 0n);
    }
    for (const dimension of mart.dimensions) dimension.places = Int32Array.from(dimension.places);
    mart.time = mart.dimensions.find(dimension => dimension.kind === "time");
  }
  return entity;
}

const dimensionOf = (mart, name) => mart.dimensions.find(dimension => dimension.name === name);
const measureOf = (mart, name) => mart.measures.find(measure => measure.name === name);
const dayOf = word => (word === null ? "" : word.slice(0, 10));

// Which words of a dimension a filter lets through; null where it lets all.
function passing(dimension, filter) {
  if (dimension.kind === "time") {
    if (!filter.from && !filter.to) return null;
    const within = day => day !== "" && (!filter.from || day >= filter.from) && (!filter.to || day <= filter.to);
    return dimension.words.map(word => within(dayOf(word)));
  }
  const picked = filter.picked[dimension.name];
  return picked && picked.size ? dimension.words.map(word => picked.has(word)) : null;
}

// The rows that a filter lets through. Dimensions that the mart does not have filter nothing: see `unfiltered`.
// A filter never changes, so what it selects is kept as long as the filter is.
const selections = new WeakMap();

function selected(mart, filter) {
  if (!selections.has(filter)) selections.set(filter, new Map());
  const known = selections.get(filter);
  if (!known.has(mart)) known.set(mart, passed(mart, filter));
  return known.get(mart);
}

function passed(mart, filter) {
  const tests = mart.dimensions.map(dimension => [dimension.places, passing(dimension, filter)]).filter(([, pass]) => pass);
  const rows = new Int32Array(mart.rows);
  let size = 0;
  next: for (let row = 0; row < mart.rows; row += 1) {
    for (const [places, pass] of tests) if (!pass[places[row]]) continue next;
    rows[size++] = row;
  }
  return rows.subarray(0, size);
}

// The titles of what a filter names and the mart does not have.
function unfiltered(mart, filter) {
  const missing = Object.keys(filter.picked).filter(name => filter.picked[name].size && !dimensionOf(mart, name));
  return (filter.from || filter.to) && !mart.time ? ["time", ...missing] : missing;
}

const FEW_KEYS = 65_536;

// Sums of rows by dimensions: a list of groups with the places of their words, the rows, and a figure of each measure.
// `placeOf` may put the words of a dimension into other groups, such as the days of a week.
function groups(mart, rows, dimensions, measures, placeOf = new Map()) {
  const parts = partsOf(mart, measures);
  const columns = dimensions.map(item => ({ places: item.places, moved: placeOf.get(item), width: item.words.length + 1 }));
  const placed = (column, row) => (column.moved ? column.moved[column.places[row]] : column.places[row]);
  const figures = parts.map(part => part.figures);
  const size = columns.reduce((product, column) => product * column.width, 1);
  const slots = size <= FEW_KEYS ? new Array(size) : null; // by key: faster than a map
  const keyed = slots ? null : new Map();
  const found = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    let key = 0;
    for (const column of columns) key = key * column.width + placed(column, row) + 1;
    let group = slots ? slots[key] : keyed.get(key);
    if (!group) {
      group = { places: columns.map(column => placed(column, row)), rows: 0, first: row, sums: parts.map(() => 0n) };
      found.push(group);
      if (slots) slots[key] = group;
      else keyed.set(key, group);
    }
    group.rows += 1;
    for (let part = 0; part < figures.length; part += 1) {
      const figure = figures[part][row];
      if (figure) group.sums[part] += figure; // neither absent nor 0
    }
  }
  return withFigures(mart, parts, found, measures);
}

// The groups added up to fewer: by one of their places, or all to one.
function addedUp(mart, found, place, measures) {
  const sums = new Map();
  for (const group of found) {
    const key = place === null ? 0 : group.places[place];
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...group, places: place === null ? [] : [key], sums: [...group.sums] });
    else {
      sum.rows += group.rows;
      group.sums.forEach((value, part) => { sum.sums[part] += value; });
    }
  }
  const parts = partsOf(mart, measures);
  return withFigures(mart, parts, [...sums.values()], measures);
}

const partsOf = (mart, measures) => [...new Set(measures.flatMap(measure => needed(mart, measure)))];

function withFigures(mart, parts, found, measures) {
  for (const group of found) group.figures = measures.map(item => figureOf(mart, parts, group, item));
  return found;
}

function needed(mart, measure) {
  return measure.form === "ratio" ? measure.parts.map(name => measureOf(mart, name)) : [measure];
}

// The figure of a group; null where there is none, as of several rows of what must not be added.
function figureOf(mart, parts, group, measure) {
  if (measure.form === "figure") return group.rows === 1 ? measure.figures[group.first] : null;
  if (measure.form === "sum") return group.sums[parts.indexOf(measure)];
  const [top, bottom] = needed(mart, measure);
  return ratio(group.sums[parts.indexOf(top)], top.scale, group.sums[parts.indexOf(bottom)], bottom.scale, measure.scale);
}

// The figures of all rows together; sums are 0 where there are no rows.
function total(mart, rows, measures) {
  const [found] = groups(mart, rows, [], measures);
  return found ? found.figures : measures.map(measure => (measure.form === "sum" ? 0n : null));
}

// Amounts of several currencies are not added: where money is measured, they are shown by currency.
function currencyOf(mart, measures) {
  const money = measures.some(measure => measure.unit === "currency" || measure.unit === "price");
  return money ? dimensionOf(mart, "currency") : undefined;
}

// The mart by day that has the fewest dimensions, else the first.
function mainMart(entity) {
  const usable = entity.marts.filter(mart => !mart.problem);
  const daily = usable.filter(mart => mart.time);
  const fewer = (a, b) => (b.dimensions.length < a.dimensions.length ? b : a);
  return (daily.length ? daily : usable.slice(0, 1)).reduce((a, b) => (a ? fewer(a, b) : b), null);
}

// The marts as they are shown: the main one, those over time, the others.
function inOrder(entity) {
  const main = mainMart(entity);
  const rank = mart => (mart === main ? 0 : mart.time ? 1 : 2);
  return [...entity.marts].sort((a, b) => rank(a) - rank(b));
}

// The smallest mart that can be filtered so and counts the same records: its figure of everything is that of the main
// mart. Without one, the main mart.
function martFor(entity, name, filter) {
  const main = mainMart(entity);
  const able = entity.marts.filter(mart => !mart.problem && measureOf(mart, name) && !unfiltered(mart, filter).length);
  const same = able.filter(mart => mart === main || whole(mart, name) === whole(main, name));
  return same.reduce((a, b) => (b.rows < a.rows ? b : a), same[0] ?? main);
}

// The sum of everything, or both that a ratio is made of; undefined of what must not be added.
function whole(mart, name) {
  const measure = measureOf(mart, name);
  return measure.form === "figure" ? undefined : needed(mart, measure).map(part => part.everything).join(" ");
}
