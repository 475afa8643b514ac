// What is typed into a form is kept in the browser until it is saved: a form with data-draft="<who>" is one.
//
// Kept is what differs from what the page showed; so nothing that others have changed since is put back.

const PAUSE_MS = 300;
const SENT = "draft-sent";
const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "shown", "token"]);
const drafts = new WeakMap();

// What is typed into one form. `again` shows the form as it is without that.
export class Draft {
  constructor(form, again = () => location.reload()) {
    this.form = form;
    this.again = again;
    this.key = keyOf(form);
    drafts.set(form, this);
    this.restore();
    for (const type of ["input", "change"]) form.addEventListener(type, () => this.keepLater());
    form.addEventListener("submit", () => this.keep());
  }

  // The draft of a form that is watched.
  static of(form) {
    return drafts.get(form);
  }

  keepLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE_MS);
  }

  keep() {
    clearTimeout(this.timer);
    const touched = controls(this.form).filter(isTouched);
    if (touched.length === 0) localStorage.removeItem(this.key);
    else localStorage.setItem(this.key, JSON.stringify(touched.map((control) => [control.name, control.type, control.value, held(control)])));
  }

  forget() {
    clearTimeout(this.timer);
    localStorage.removeItem(this.key);
  }

  restore() {
    const { form } = this;
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "[]");
    // A form that came back with errors has what was typed already.
    if (kept.length === 0 || form.querySelector("[role=alert]")) return;
    for (const [name, type, value, was] of kept) {
      const several = type === "checkbox" || type === "radio";
      const control = controls(form).find((one) => one.name === name && (!several || one.value === value));
      if (!control) continue;
      if (several) control.checked = was;
      else if (control.options) choose(control, was);
      else control.value = was;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.tell();
  }

  tell() {
    const notice = Object.assign(document.createElement("p"), { className: "notice" });
    notice.setAttribute("role", "status");
    notice.append("What you typed here before, and did not save, is here again. ");
    const discard = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: "Discard it" });
    discard.addEventListener("click", () => (this.forget(), this.again()));
    notice.append(discard);
    this.form.prepend(notice);
  }
}

// What follows a form that was sent: where it is not that form again, with what is wrong, the draft has been saved.
export function settle(key, next) {
  const isAgain = next && keyOf(next) === key && next.querySelector("[role=alert], .notice");
  if (!isAgain) localStorage.removeItem(key);
}

// Whether somebody has typed into a form what is not saved.
export function isTyped(form) {
  return controls(form).some(isTouched);
}

function controls(form) {
  const all = [...form.elements].filter((one) => one.name && !NOT_CONTENT.has(one.name));
  return all.filter((one) => !["hidden", "file", "password", "submit", "button"].includes(one.type));
}

function isTouched(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.options) return isChosen(control);
  return control.value !== control.defaultValue;
}

// A list of one value shows its first option where none is said to be chosen.
function isChosen(select) {
  const options = [...select.options];
  const isNone = !select.multiple && !options.some((option) => option.defaultSelected);
  return options.some((option, place) => option.selected !== (isNone ? place === 0 : option.defaultSelected));
}

function held(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked;
  return control.options ? [...control.selectedOptions].map((option) => [option.value, option.text]) : control.value;
}

function choose(select, pairs) {
  for (const option of select.options) option.selected = false;
  for (const [value, text] of pairs) {
    const option = [...select.options].find((one) => one.value === value) ?? select.appendChild(new Option(text, value));
    option.selected = true;
  }
}

function keyOf(form) {
  return `draft:${form.dataset.draft}:${location.pathname}`;
}

// The form of the page that was opened.
const form = document.querySelector("form[data-draft]");
const sent = sessionStorage.getItem(SENT);
sessionStorage.removeItem(SENT);
if (sent) settle(sent, form);
if (form) {
  const draft = new Draft(form);
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, draft.key));
}
