// Times: how long ago, behind the time itself where `data-ago` asks for it, and in the title of every other.

const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });

/** `3 hr. ago`, `in 2 days`, `just now`. */
export function ago(time, now = Date.now()) {
  const seconds = (time - now) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? words.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}

function tell() {
  for (const time of document.querySelectorAll("time.moment")) {
    const at = Date.parse(time.dateTime);
    if (Number.isNaN(at)) continue;
    time.title = `${time.dateTime}, ${ago(at)}`;
    if ("ago" in time.dataset) time.textContent = ago(at);
  }
}

tell();
setInterval(tell, 60_000);
