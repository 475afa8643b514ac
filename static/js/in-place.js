// Forms on a record's page that are sent where they stand: notes and activities, what is brought back, what is unlinked.
// The page stays where it is, and the focus where one goes on. Without this script they lead to the page anew.

import { fetchPage, sent } from "./shown_page.js";
import { toast } from "./toasts.js";

const IN_PLACE = ".compose form, .timeline form, .related form, .open-activities form";
const LISTS = ".timeline, .related, .open-activities";

export function isInPlace(form) {
  return form.matches(IN_PLACE);
}

// Send a form of a <record-page>, and show what comes of it.
export async function sendInPlace(page, form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  button?.setAttribute("aria-busy", "true");
  const place = placeOf(page, form, button);
  try {
    const { content, status } = await fetchPage(form.action, sent(form, button));
    const again = content.querySelector("record-page");
    if (again) await renew(page, again, form, place);
    else showAgain(form, content, status);
  } catch (error) {
    toast(error.message, { level: "error" });
  }
  delete form.dataset.sending;
  button?.removeAttribute("aria-busy");
}

// The tab that one is on, as it is now: what was sent leads to another one, or to its first page. The focus goes on where
// it was, unless somebody has gone elsewhere meanwhile, to what is still there.
async function renew(page, told, form, place) {
  const number = page.nextNumber();
  // What was typed is stored: nothing of it is to be kept.
  form.reset();
  form.closest(".compose:not(.always)")?.removeAttribute("open");
  const { content } = await fetchPage(page.dataset.address);
  const wasHere = form.contains(document.activeElement);
  if (number === page.asked) page.show(content.querySelector("record-page") ?? told);
  page.dispatchEvent(new CustomEvent("record-changed", { bubbles: true, detail: { id: page.dataset.record } }));
  if (wasHere || document.activeElement === document.body) goOn(page, place);
}

// Where the focus was, in words that hold when the page is another one.
function placeOf(page, form, button) {
  if (form.closest(".compose")) return { compose: form.getAttribute("action") };
  const list = form.closest(LISTS);
  const rows = [...list.querySelectorAll("li, tbody tr")];
  return {
    action: form.getAttribute("action").split("?")[0],
    list: [...page.querySelectorAll(LISTS)].indexOf(list),
    row: rows.indexOf(form.closest("li, tr")),
    name: button?.className,
  };
}

function goOn(page, place) {
  const forms = [...page.querySelectorAll("form")];
  const composed = place.compose && forms.find((form) => form.getAttribute("action") === place.compose);
  if (composed) return (composed.closest("details:not(.always)")?.querySelector("summary") ?? composed.querySelector("textarea"))?.focus();
  const same = forms.filter((form) => form.closest(".timeline") && form.getAttribute("action").split("?")[0] === place.action);
  const list = [...page.querySelectorAll(LISTS)][place.list];
  const rows = [...(list?.querySelectorAll("li, tbody tr") ?? [])];
  const next = rows[Math.min(place.row, rows.length - 1)]?.querySelector("button, a");
  return (same[0]?.querySelector("button:not([type=button])") ?? next ?? page.querySelector("h1"))?.focus({ preventScroll: false });
}

// What was refused comes back with what was typed, and says why.
function showAgain(form, content, status) {
  const again = content.querySelector("form");
  if (!again) throw new Error(content.textContent.trim().replace(/\s+/g, " ") || `That did not work (${status}).`);
  again.querySelector("h1")?.remove();
  again.querySelector(".actions a")?.remove();
  again.className = form.className;
  again.setAttribute("action", form.getAttribute("action"));
  form.replaceWith(again);
  (again.querySelector(".wrong :is(input, textarea, select)") ?? again.querySelector("textarea, input:not([type=hidden])"))?.focus();
}
