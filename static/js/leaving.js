// The question before what was typed is left, where it stands: it is kept as a draft all the same where the form has one.

import { isTyped } from "./drafts.js";

// Whether a place has forms with something typed that is not saved.
export function hasTyped(place) {
  return [...place.querySelectorAll("form[method=post]")].some(isTyped);
}

// Ask above the content of a place; `leave` is called where the person goes. Esc, or asking again, goes on editing.
export function askToLeave(place, leave) {
  const asked = place.querySelector(".leave-question");
  if (asked) return asked.goOn();
  const before = document.activeElement;
  const question = Object.assign(document.createElement("div"), { className: "leave-question" });
  question.setAttribute("role", "alertdialog");
  question.setAttribute("aria-labelledby", "leave-title");
  const text = document.createElement("p");
  text.append(Object.assign(document.createElement("strong"), { id: "leave-title", textContent: "Discard what you typed?" }));
  if (place.querySelector("form[data-draft]")) text.append("It is not saved. A draft of it stays in this browser.");
  question.goOn = () => {
    question.remove();
    (place.contains(before) ? before : place.querySelector("input:not([type=hidden]), textarea"))?.focus();
  };
  const discard = button("Discard", "button", leave);
  const goOn = button("Go on editing", "button primary", question.goOn);
  question.append(text, discard, goOn);
  place.prepend(question);
  goOn.focus();
  return undefined;
}

function button(textContent, className, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent });
  made.addEventListener("click", act);
  return made;
}
