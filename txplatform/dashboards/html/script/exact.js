// Exact arithmetic and the texts of numbers. A figure is a BigInt, the number times ten to the power of its scale.

const power = digits => 10n ** BigInt(digits);
const magnitude = value => (value < 0n ? -value : value);

// The quotient rounded half up, away from zero, as SQL rounds decimals.
function divided(value, divisor) {
  const quotient = (2n * magnitude(value) + magnitude(divisor)) / (2n * magnitude(divisor));
  return value < 0n === divisor < 0n ? quotient : -quotient;
}

function rescaled(value, scale, digits) {
  return digits >= scale ? value * power(digits - scale) : divided(value, power(scale - digits));
}

// A ratio of two figures with `scale` digits, null where the divisor is 0.
function ratio(top, topScale, bottom, bottomScale, scale) {
  return bottom === 0n ? null : divided(top * power(scale + bottomScale - topScale), bottom);
}

// All digits, as SQL prints them.
function exactText(value, scale) {
  if (value === null) return "";
  const digits = magnitude(value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return (value < 0n ? "-" : "") + whole + (scale ? "." + digits.slice(-scale) : "");
}

const grouped = text => text.replace(/^-?\d+/, whole => whole.replace(/\B(?=(\d{3})+$)/g, ","));

// As the measure's format says; `–` where there is no figure.
function shownText(value, measure) {
  if (value === null) return "–";
  if (measure.unit === "share") {
    return grouped(exactText(rescaled(value * 100n, measure.scale, measure.digits), measure.digits)) + " %";
  }
  const digits = Math.min(measure.digits, measure.scale);
  return grouped(exactText(rescaled(value, measure.scale, digits), digits));
}

// By how much a figure has changed: shares in percentage points, others in percent of what they were.
function changeText(value, before, measure) {
  if (value === null || before === null) return "–";
  const share = measure.unit === "share";
  if (!share && before === 0n) return "–";
  const tenths = share ? rescaled((value - before) * 100n, measure.scale, 1) : divided((value - before) * 1000n, magnitude(before));
  const sign = tenths > 0n ? "+" : tenths < 0n ? "−" : "±";
  return `${sign}${grouped(exactText(magnitude(tenths), 1))} ${share ? "pp" : "%"}`;
}

// For drawing alone: what a length is made of.
const approximate = (value, scale) => Number(value) / 10 ** scale;
