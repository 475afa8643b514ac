// The values of a picklist as lines of text, as customobjects/fieldtypes/choice_lines.py writes and reads them.

const PARTS = 4;
const PART = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^;]*))(;|$)/y;
const ENDS = /^[ \t]+|[ \t]+$/g;

const trimmed = (text) => text.replace(ENDS, "");

// What programs call a new value.
export const valueOf = (label) => trimmed(label.replaceAll(";", ","));

export function read(text) {
  return text.replaceAll("\r\n", "\n").split("\n").map(trimmed).filter(Boolean).map(choice);
}

export const write = (choices) => choices.map(line).join("\n");

function choice(text) {
  const parts = [];
  PART.lastIndex = 0;
  while (parts.length < PARTS) {
    const [, quoted, plain, end] = PART.exec(text);
    parts.push(quoted === undefined ? trimmed(plain) : quoted.replaceAll('""', '"'));
    if (!end) break;
  }
  const [label, value = "", color = "", state = ""] = parts;
  return { label: label || value, value: value || valueOf(label), color, isActive: !state };
}

function line({ label, value, color, isActive }) {
  const parts = [label, value === valueOf(label) ? "" : value, color, isActive ? "" : "inactive"];
  while (parts.length > 1 && !parts.at(-1)) parts.pop();
  return parts.map(quoted).join("; ");
}

function quoted(part) {
  return /[;"]/.test(part) || part !== trimmed(part) ? `"${part.replaceAll('"', '""')}"` : part;
}

// The labels in a text that somebody pastes: one a line, or the first column of a spreadsheet.
export function pastedLabels(text) {
  return text.split(/\r\n|\r|\n/).map((line) => line.split("\t")[0].trim()).filter(Boolean);
}
