// Texts in which people are mentioned: @ and the beginning of a name offers who fits. What is sent says who is meant,
// as @[Kim Lee](<id>); what one sees is @Kim Lee.

import { make } from "./combobox_parts.js";
import { Popup } from "./popup.js";
import { send } from "./session.js";

const WRITTEN = /@\[([^[\]\n]{1,200})\]\(([0-9a-f-]{36})\)/g;
const TYPED = /(?:^|\s)@([^\s@]{0,30}(?: [^\s@]{1,30})?)$/;
const PAUSE = 120;

export function mentionable(area) {
  if (area.dataset.ready) return;
  area.dataset.ready = "true";
  const people = new Map();
  area.value = area.value.replace(WRITTEN, (_whole, name, id) => (people.set(name, id), `@${name}`));
  const id = `${area.id}-people`;
  const list = make("ul", { id, role: "listbox", "aria-label": "People", popover: "manual", class: "combo-list" });
  area.after(list);
  area.setAttribute("aria-controls", id);
  const popup = new Popup(area, list);
  let timer;
  let asked = 0;

  const active = () => list.querySelector(".active");
  const activate = (item) => {
    active()?.classList.remove("active");
    item?.classList.add("active");
    if (item) area.setAttribute("aria-activedescendant", item.id);
    else area.removeAttribute("aria-activedescendant");
  };
  const close = () => (asked += 1, clearTimeout(timer), popup.close(), activate(null));
  const typed = () => TYPED.exec(area.value.slice(0, area.selectionStart));

  async function offer() {
    const found = typed();
    if (!found) return close();
    const number = (asked += 1);
    const address = `${area.dataset.mentions}?search=${encodeURIComponent(found[1])}`;
    const answer = await send(address, { quiet: true }).catch(() => null);
    if (!answer?.ok || number !== asked) return undefined;
    const { data } = await answer.json();
    if (number !== asked) return undefined;
    const items = data.slice(0, 8).map((one, place) => make("li", { id: `${id}-${place}`, role: "option", "aria-selected": "false", "data-id": one.id }, one.name));
    list.replaceChildren(...items);
    if (!items.length) return close();
    popup.open();
    popup.place();
    return activate(items[0]);
  }

  function choose(item) {
    const found = typed();
    if (!item || !found) return close();
    const name = item.textContent.replace("[", "(").replace("]", ")");
    people.set(name, item.dataset.id);
    area.setRangeText(`@${name} `, area.selectionStart - found[1].length - 1, area.selectionStart, "end");
    return close();
  }

  area.addEventListener("input", () => (clearTimeout(timer), (timer = setTimeout(offer, PAUSE))));
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (!popup.isOpen) return;
    const items = [...list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) activate(items.at((items.indexOf(active()) + step) % items.length));
    else if (event.key === "Enter" || event.key === "Tab") choose(active());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("pointerdown", (event) => (event.preventDefault(), choose(event.target.closest("li"))));
  area.form.addEventListener("formdata", ({ formData }) => {
    let text = area.value;
    // The longest names first: one may be the beginning of another.
    for (const name of [...people.keys()].sort((one, other) => other.length - one.length)) {
      text = text.replaceAll(`@${name}`, `@[${name}](${people.get(name)})`);
    }
    formData.set(area.name, text);
  });
}
