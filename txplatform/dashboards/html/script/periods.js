// Days, the steps of a time axis, and the period before another.

const DAY_MS = 86_400_000;
const instantOf = day => Date.parse(`${day}T00:00:00Z`);
const dayText = instant => new Date(instant).toISOString().slice(0, 10);
const shifted = (day, days) => dayText(instantOf(day) + days * DAY_MS);
const daysBetween = (from, to) => Math.round((instantOf(to) - instantOf(from)) / DAY_MS);

// The days that an entity has, from the first to the last; null without any.
function extentOf(entity) {
  const days = entity.marts.flatMap(mart => (mart.time ? mart.time.words.filter(word => word !== null).map(dayOf) : []));
  return days.length ? { from: days.reduce((a, b) => (b < a ? b : a)), to: days.reduce((a, b) => (b > a ? b : a)) } : null;
}

// The filter of as many days right before; null without a beginning.
function previous(filter, extent) {
  if (!filter.from || !extent) return null;
  const to = filter.to || extent.to;
  const days = daysBetween(filter.from, to) + 1;
  return days < 1 ? null : { ...filter, from: shifted(filter.from, -days), to: shifted(filter.from, -1) };
}

function unitOf(days) {
  return days <= 62 ? "day" : days <= 430 ? "week" : "month";
}

function startOf(day, unit) {
  if (unit === "month") return `${day.slice(0, 8)}01`;
  return unit === "week" ? shifted(day, -((new Date(instantOf(day)).getUTCDay() + 6) % 7)) : day;
}

// A gapless axis from one day to another, and on which step of it each word of a dimension lies.
function axisOf(dimension, from, to) {
  const unit = unitOf(daysBetween(from, to) + 1);
  const starts = [...new Set(Array.from({ length: daysBetween(from, to) + 1 }, (_, n) => startOf(shifted(from, n), unit)))];
  const place = new Map(starts.map((start, index) => [start, index]));
  const steps = dimension.words.map(word => (word === null ? -1 : (place.get(startOf(dayOf(word), unit)) ?? -1)));
  return { unit, starts, steps };
}

const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const stepLabel = (start, unit) => (unit === "month" ? MONTH : DATE).format(instantOf(start));
const stepTitle = (start, unit) => (unit === "day" ? start : `${unit} of ${start}`);
