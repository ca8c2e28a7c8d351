// Times become ages, and a page that is no longer refreshed says so.

const AGES = [[86_400, "d"], [3_600, "h"], [60, "min"]];

function ageText(seconds) {
  for (const [size, unit] of AGES) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  return seconds < 1 ? "just now" : `${Math.floor(seconds)} s ago`;
}

function keepAges() {
  const times = [...document.querySelectorAll("time")];
  for (const node of times) node.title = node.textContent;
  const { generated, staleAfter } = document.body.dataset;
  const refresh = () => {
    for (const node of times) node.textContent = ageText((Date.now() - Date.parse(node.dateTime)) / 1000);
    document.body.classList.toggle("stale", Date.now() - Date.parse(generated) > staleAfter * 1000);
  };
  refresh();
  setInterval(refresh, 1000);
}

keepAges();
