// The list of icons that one chooses from, and what is found in it: by names, and by words that say what they mean.

const MOST_FOUND = 120;
const MOST_SUGGESTED = 8;
// So many letters of a word at least are looked for in what an object is called.
const LEAST_LETTERS = 3;

export class IconList {
  // `categories` are `[name, [[icon, words]]]`, `others` are names of icons that are in none.
  constructor({ categories, others }) {
    this.categories = categories;
    this.others = others;
    this.known = categories.flatMap(([, icons]) => icons.map(([name, words]) => [name, new Set([...name.split("_"), ...words.split(/[\s-]+/)])]));
  }

  static async load(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return new IconList(await answer.json());
  }

  // Groups of icons, `[title, names]`: those that are found, or all, with the fitting ones and the recent ones first.
  find(search, category, { name, recent }) {
    const words = wordsOf(search);
    if (words.length) return [["Found", this.found(words, category)]].filter(([, names]) => names.length);
    const shown = this.categories.filter(([title]) => !category || title === category);
    const all = shown.map(([title, icons]) => [title, icons.map(([icon]) => icon)]);
    const first = category ? [] : [["Suggested", this.suggested(name)], ["Chosen before", recent]];
    return [...first.filter(([, names]) => names.length), ...all];
  }

  // The icons that have all words, best those that have them whole; behind them others by their names.
  found(words, category) {
    const within = category && new Set(this.categories.find(([title]) => title === category)[1].map(([icon]) => icon));
    const hits = [];
    for (const [icon, has] of this.known) {
      if (within && !within.has(icon)) continue;
      const marks = words.map((word) => (has.has(word) ? 2 : [...has].some((one) => one.startsWith(word)) ? 1 : 0));
      if (!marks.includes(0)) hits.push([icon, marks.reduce((sum, mark) => sum + mark, 0)]);
    }
    hits.sort(([, one], [, other]) => other - one);
    const others = within ? [] : this.others.filter((icon) => words.every((word) => icon.includes(word)));
    return [...hits.map(([icon]) => icon), ...others].slice(0, MOST_FOUND);
  }

  // The icons for what something is called, such as “Support Cases”: a word is known in the singular, too.
  suggested(name) {
    const words = wordsOf(name).filter((word) => word.length >= LEAST_LETTERS);
    const each = words.map((word) => this.known.filter(([, has]) => singulars(word).some((one) => has.has(one))).map(([icon]) => icon));
    // What fits several words comes first.
    const marks = new Map();
    for (const icon of each.flat()) marks.set(icon, (marks.get(icon) ?? 0) + 1);
    return [...marks].sort(([, one], [, other]) => other - one).map(([icon]) => icon).slice(0, MOST_SUGGESTED);
  }
}

// An icon's name for people: “Shopping cart” for `shopping_cart`.
export function inWords(name) {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function wordsOf(text) {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function singulars(word) {
  return [word, word.replace(/s$/, ""), word.replace(/es$/, ""), word.replace(/ies$/, "y")];
}
