// The statement of Athena that gives the figures that are shown.

const literal = text => `'${String(text).replaceAll("'", "''")}'`;

function condition(dimension, filter) {
  if (dimension.kind === "time") {
    const day = dimension.sql === dimension.name ? `CAST(${dimension.name} AS date)` : dimension.sql;
    return [filter.from && `${day} >= DATE '${filter.from}'`, filter.to && `${day} <= DATE '${filter.to}'`].filter(Boolean);
  }
  const picked = [...(filter.picked[dimension.name] ?? [])];
  if (!picked.length) return [];
  const words = picked.filter(word => word !== null).map(literal);
  const tests = words.length ? [`${dimension.name} IN (${words.join(", ")})`] : [];
  if (words.length < picked.length) tests.push(`${dimension.name} IS NULL`);
  return [tests.length > 1 ? `(${tests.join(" OR ")})` : tests[0]];
}

function statement(mart, filter, dimensions, measures) {
  const single = dimensions.length === mart.dimensions.length;
  const shown = measures.filter(measure => measure.form !== "figure" || single);
  const parts = [...new Set(shown.flatMap(measure => needed(mart, measure)))];
  const sums = parts.map(part => `${part.form === "figure" ? `max(${part.name})` : part.sql} AS ${part.name}`);
  const columns = dimensions.map(item => (item.sql === item.name ? item.name : `${item.sql} AS ${item.name}`));
  const where = mart.dimensions.flatMap(dimension => condition(dimension, filter));
  const inner = [
    `SELECT ${[...columns, ...sums].join(",\n  ")}`,
    `FROM ${mart.name}`,
    ...(where.length ? [`WHERE ${where.join("\n  AND ")}`] : []),
    ...(dimensions.length ? [`GROUP BY ${dimensions.map((_, place) => place + 1).join(", ")}`] : []),
  ].join("\n");
  if (!shown.some(measure => measure.form === "ratio")) return inner;
  const outer = [...dimensions.map(item => item.name), ...shown.map(item => (item.form === "ratio" ? item.sql : item.name))];
  return `SELECT ${outer.join(",\n  ")}\nFROM (\n${inner}\n) figures`;
}
