// Where a combobox has its choices from: the server, which searches among all; or the list itself, where that is whole.

import { inWords, NotSignedIn, send } from "./session.js";

const MOST = 100;
const MARKS = /\p{M}/gu;

export class Source {
  constructor(select) {
    this.select = select;
    this.address = select.dataset.choices ?? "";
    this.asked = 0;
  }

  // What fits a text: `{ data: [{ id, name }], object, create, new }`. Where something else was asked meanwhile, null:
  // an answer that comes late is no answer to what is typed now.
  async find(text) {
    const number = ++this.asked;
    this.pending?.abort();
    if (!this.address) return this.among(text);
    this.pending = new AbortController();
    const address = new URL(this.address, location.origin);
    address.searchParams.set("search", text);
    try {
      const answer = await send(address, { signal: this.pending.signal });
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.text);
      return number === this.asked ? found : null;
    } catch (error) {
      if (number !== this.asked || error.name === "AbortError") return null;
      if (error instanceof NotSignedIn) throw new Error(inWords(error));
      const known = !(error instanceof TypeError || error instanceof SyntaxError);
      throw new Error((known && error.message) || "The list could not be loaded. Type again to try once more.");
    }
  }

  stop() {
    this.asked += 1;
    this.pending?.abort();
  }

  among(text) {
    const words = fold(text).split(/\s+/).filter(Boolean);
    const options = [...this.select.options].filter((option) => option.value);
    const data = options.filter((option) => words.every((word) => fold(option.text).includes(word)));
    // What begins with the text comes first; otherwise the list keeps its order.
    const begins = (option) => fold(option.text.trim()).startsWith(words[0] ?? "");
    data.sort((one, other) => begins(other) - begins(one));
    return { data: data.slice(0, MOST).map((option) => ({ id: option.value, name: option.text })), more: data.length > MOST };
  }

  // Makes a record by its name: `{ id, name, text, change }`.
  async create(name) {
    const answer = await send(this.address, { method: "POST", body: new URLSearchParams({ name }) }).catch((error) => {
      throw new Error(inWords(error));
    });
    const made = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(made.text || "It could not be made. Nothing is lost: try again.");
    return made;
  }
}

export function fold(text) {
  return text.normalize("NFD").replace(MARKS, "").toLowerCase();
}

// A name with what was searched for marked.
export function marked(name, text) {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const letters = [...name];
  // Each letter's place in the folded name, which may have more or fewer.
  const folded = letters.map(fold);
  const whole = folded.join("");
  const hits = new Set();
  for (const word of words) {
    for (let start = whole.indexOf(word); start >= 0; start = whole.indexOf(word, start + word.length)) {
      for (let place = start; place < start + word.length; place += 1) hits.add(place);
    }
  }
  const parts = document.createDocumentFragment();
  let place = 0;
  let mark = null;
  letters.forEach((letter, number) => {
    const is = hits.has(place) && folded[number] !== "";
    place += folded[number].length;
    if (is !== mark?.is) {
      const node = is ? document.createElement("mark") : document.createTextNode("");
      parts.append(node);
      mark = { is, node };
    }
    mark.node.textContent += letter;
  });
  return parts;
}
