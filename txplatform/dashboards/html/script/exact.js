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

// By how much a figure has changed, in tenths of a percent; null where it was 0 or one of both is missing.
function changed(value, before) {
  return value === null || before === null || before === 0n ? null : divided((value - before) * 1000n, magnitude(before));
}

function changeText(permille) {
  if (permille === null) return "–";
  const sign = permille > 0n ? "+" : permille < 0n ? "−" : "±";
  return `${sign}${grouped(exactText(magnitude(permille), 1))} %`;
}

// For drawing alone: what a length is made of.
const approximate = (value, scale) => Number(value) / 10 ** scale;
