// Charts over time, as SVG: columns of sums, stacked by series, and lines of ratios. Their figures stand in tables, too.

const PLOT = { left: 54, right: 10, top: 12, bottom: 26 };
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

// A number beside an axis: short, with an exponent where a word for its size would be no help.
function axisText(number) {
  const size = Math.abs(number);
  return size && (size < 0.001 || size >= 1e15) ? number.toExponential(1).replace(".0e", "e").replace("+", "") : COMPACT.format(number);
}

function ticksOf(low, high, most = 4) {
  const span = high - low || 1;
  const size = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * size).find(candidate => candidate * most >= span);
  const first = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, n) => (first + n) * step);
}

// `series` have a title, a tone and a figure for each step; `before` has those of the period before, all together.
function timeChart({ width, height, name, axis, series, measure, before, pick }) {
  const isLine = measure.form === "ratio";
  const value = item => (item === null || item === undefined ? 0 : approximate(item, measure.scale));
  const sums = axis.starts.map((_, step) => [1, -1].map(sign =>
    series.reduce((sum, item) => sum + Math.max(0, sign * value(item.figures[step])), 0) * sign));
  const points = isLine ? series.flatMap(item => item.figures.map(value)) : sums.flat();
  const all = [...points, ...(before ?? []).map(value), 0];
  const ticks = ticksOf(Math.min(...all), Math.max(...all));
  const [low, high] = [ticks[0], ticks.at(-1)];
  const y = number => PLOT.top + ((high - number) / (high - low || 1)) * (height - PLOT.top - PLOT.bottom);
  const slot = (width - PLOT.left - PLOT.right) / axis.starts.length;
  const x = step => PLOT.left + slot * (step + 0.5);
  const percent = measure.unit === "share";
  const label = number => (percent ? `${axisText(number * 100)} %` : axisText(number));
  const grid = ticks.map(tick => [
    s("line", { class: tick === 0 ? "zero" : "grid", x1: PLOT.left, x2: width - PLOT.right, y1: y(tick), y2: y(tick) }),
    s("text", { class: "axis", x: PLOT.left - 8, y: y(tick) + 4, "text-anchor": "end" }, label(tick)),
  ]);
  const every = Math.max(1, Math.ceil(64 / slot));
  const labels = axis.starts.map((start, step) => (axis.starts.length - 1 - step) % every ? null
    : s("text", { class: "axis", x: Math.min(x(step), width - 28), y: height - 8, "text-anchor": "middle" }, stepLabel(start, axis.unit)));
  const drawn = isLine ? series.map(item => line(item.figures, item.tone)) : axis.starts.map((_, step) => stack(step));
  const hits = axis.starts.map((start, step) => s("rect", {
    class: "hit", x: x(step) - slot / 2, y: PLOT.top, width: slot, height: height - PLOT.top - PLOT.bottom, onclick: () => pick(start),
  }, s("title", {}, hover(start, step))));
  const ghost = before ? line(before, "before") : null;
  return s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name }, grid, drawn, ghost, labels, hits);

  function stack(step) {
    const size = Math.min(slot * 0.74, 42);
    let [up, down] = [0, 0];
    return series.map(item => {
      const number = value(item.figures[step]);
      if (number === 0) return null;
      const from = number > 0 ? up : down;
      if (number > 0) up += number;
      else down += number;
      const [top, bottom] = [y(Math.max(from, from + number)), y(Math.min(from, from + number))];
      return s("rect", { class: item.tone, x: x(step) - size / 2, y: top, width: size, height: Math.max(bottom - top, 0.5) });
    });
  }

  function line(figures, tone) {
    const known = figures.map((item, step) => (item === null || item === undefined ? null : `${x(step).toFixed(1)},${y(value(item)).toFixed(1)}`));
    const path = known.map((point, step) => (point ? `${step && known[step - 1] ? "L" : "M"}${point}` : "")).join(" ");
    const dots = figures.length > 62 || tone === "before" ? [] : known.map((point, step) =>
      point && s("circle", { class: tone, cx: x(step), cy: y(value(figures[step])), r: 2.5 }));
    return s("g", {}, s("path", { class: `line ${tone}`, d: path }), dots);
  }

  function hover(start, step) {
    const shown = series.filter(item => item.figures[step] !== null && item.figures[step] !== undefined)
      .map(item => `${item.title ? `${item.title}: ` : ""}${shownText(item.figures[step], measure)}`);
    const earlier = before && before[step] !== undefined && before[step] !== null ? [`before: ${shownText(before[step], measure)}`] : [];
    return [stepTitle(start, axis.unit), ...shown, ...earlier].join("\n");
  }
}
