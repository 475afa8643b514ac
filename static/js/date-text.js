// Days as a person writes them, by a pattern of the CLDR such as `dd.MM.yyyy`. A day is a Date at its start in UTC.

const MORNING = 9;
const NUMBER = /\d+/g;

export function iso(day) {
  return day.toISOString().slice(0, 10);
}

export function today(zone) {
  return new Date(new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format());
}

// The day that a text begins with, or null.
export function read(text, format) {
  const numbers = text.match(NUMBER)?.slice(0, 3) ?? [];
  // Whoever writes points puts the day first.
  const own = /^\s*\d{1,2}\.\s*\d{1,2}\.\s*\d{4}/.test(text) ? "dMy" : format.replace(/[^dMy]/g, "");
  const order = [...new Set(numbers[0]?.length === 4 ? "yMd" : own)];
  const { y, M, d } = Object.fromEntries(order.map((letter, at) => [letter, numbers[at]]));
  const day = new Date(`${y?.length === 2 ? `20${y}` : y}-${M?.padStart(2, "0")}-${d?.padStart(2, "0")}`);
  return Number.isNaN(day.getTime()) ? null : day;
}

// A day as a text, with the time that the text before has: `from` is where that begins, 0 where there is none.
export function written(day, before, { format, time }) {
  const parts = { y: day.getUTCFullYear(), M: day.getUTCMonth() + 1, d: day.getUTCDate() };
  const text = format.replace(/y+|M+|d+/g, (letters) => String(parts[letters[0]]).padStart(letters.length, "0"));
  if (!time) return { text, from: 0 };
  const held = read(before, format) ? before.replace(/^\D*\d+\D+\d+\D+\d+[.,]?\s*/, "") : "";
  return { text: `${text} ${held || morning(time)}`, from: text.length + 1 };
}

function morning(pattern) {
  const hour = String(MORNING).padStart(/[hH]+/.exec(pattern)[0].length, "0");
  return pattern.replace(/[hH]+/, hour).replace("mm", "00").replace("a", "AM");
}

// The weeks that a month is in, each with its days; 0 for `first` is the Monday.
export function cells(day, first) {
  const start = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1));
  const back = (start.getUTCDay() + 6 - first) % 7;
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  const weeks = Math.ceil((back + last) / 7);
  const at = (number) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), number + 1 - back));
  return Array.from({ length: weeks }, (_, week) => Array.from({ length: 7 }, (_none, one) => at(7 * week + one)));
}
