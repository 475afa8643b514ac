// What is typed into a form is kept in the browser until it is saved: a form with data-draft="<who>" is one.
//
// Kept is what differs from what the page showed; so nothing that others have changed since is put back.

const PAUSE_MS = 300;
const SENT = "draft-sent";
const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "shown", "token"]);
const form = document.querySelector("form[data-draft]");
const keyOf = (who) => `draft:${who}:${location.pathname}`;

// The page that follows a form which was sent: where it is not that form again, the draft has been saved.
const sent = sessionStorage.getItem(SENT);
if (sent) {
  sessionStorage.removeItem(SENT);
  if (!form || keyOf(form.dataset.draft) !== sent) localStorage.removeItem(sent);
}

if (form) {
  const key = keyOf(form.dataset.draft);
  restore(key);
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(key), PAUSE_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep(key);
    sessionStorage.setItem(SENT, key);
  });
}

function controls() {
  const all = [...form.elements].filter((one) => one.name && !NOT_CONTENT.has(one.name));
  return all.filter((one) => !["hidden", "file", "password", "submit", "button"].includes(one.type));
}

function isTouched(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  return control.value !== control.defaultValue;
}

function held(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked;
  return control.options ? [...control.selectedOptions].map((option) => [option.value, option.text]) : control.value;
}

function keep(key) {
  const touched = controls().filter(isTouched);
  if (touched.length === 0) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify(touched.map((control) => [control.name, control.type, control.value, held(control)])));
}

function restore(key) {
  const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
  // A form that came back with errors has what was typed already.
  if (kept.length === 0 || form.querySelector("[role=alert]")) return;
  for (const [name, type, value, was] of kept) {
    const several = type === "checkbox" || type === "radio";
    const control = controls().find((one) => one.name === name && (!several || one.value === value));
    if (!control) continue;
    if (several) control.checked = was;
    else if (control.options) choose(control, was);
    else control.value = was;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  tell(key);
}

function choose(select, pairs) {
  for (const option of select.options) option.selected = false;
  for (const [value, text] of pairs) {
    const option = [...select.options].find((one) => one.value === value) ?? select.appendChild(new Option(text, value));
    option.selected = true;
  }
}

function tell(key) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  notice.append("What you typed here before, and did not save, is here again. ");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button quiet";
  discard.textContent = "Discard it";
  discard.addEventListener("click", () => {
    localStorage.removeItem(key);
    location.reload();
  });
  notice.append(discard);
  form.prepend(notice);
}
