// Requests of scripts, and forms: where the session is over, one signs in over what one was doing, and it goes on.
//
// `send(address, options)` is fetch with the token against forged requests; it resolves to the answer when all of it is
// there, and rejects where the server cannot be reached, or where the person does not sign in again. With `quiet: true`
// nobody is asked to sign in, and no bar is shown: for what a script looks up beside what one does.

import { begin, end } from "./progress.js";

// Back and Forward bring another one.
const dialogNow = () => document.getElementById("sign-in-again");
const prepared = new WeakSet();
const FRESH_MS = 60_000;
let contact = Date.now();

export class NotSignedIn extends Error {}

// Why a request failed, for the person.
export function inWords(error) {
  if (error instanceof NotSignedIn) return "You are not signed in. Nothing is lost: try again.";
  return error instanceof TypeError ? "There is no connection. Nothing is lost: try again." : error.message;
}

export async function send(address, { quiet = false, ...options } = {}) {
  const headers = new Headers(options.headers);
  headers.set("X-CSRFToken", token());
  // A form's own token is that of the session in which it was shown, and would go before the header.
  options.body?.delete?.("csrfmiddlewaretoken");
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  if (!quiet) begin(options);
  const answer = await fetch(address, { ...options, headers }).then(whole).finally(() => end(options));
  if (answer.status !== 401) {
    contact = Date.now();
    return answer;
  }
  if (quiet) throw new NotSignedIn("not signed in");
  await signInAgain();
  return send(address, options);
}

// An answer that breaks off is none.
async function whole(answer) {
  await answer.clone().blob();
  return answer;
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

// Resolves when the person has signed in; rejects when they close the dialog.
export function signInAgain() {
  const dialog = dialogNow();
  if (!prepared.has(dialog)) prepare(dialog);
  if (!dialog.open) {
    // A dialog closes the panels that it does not stand in, and what is typed there is to stay.
    const panels = document.querySelectorAll(":is([popover=''], [popover='auto']):popover-open");
    ([...panels].at(-1) ?? document.body).append(dialog);
    dialog.showModal();
  }
  // Not by an attribute, of which browsers complain where another page than the first is shown with it.
  dialog.querySelector("[name=password]").focus();
  return new Promise((resolve, reject) => {
    const settle = () => (dialog.returnValue === "signed-in" ? resolve() : reject(new NotSignedIn("not signed in")));
    dialog.addEventListener("close", settle, { once: true });
  });
}

function prepare(dialog) {
  prepared.add(dialog);
  const form = dialog.querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // The dialog's own submission is no form of the page.
    event.stopPropagation();
    const problem = form.querySelector("[role=alert]");
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
      const said = await answer.json();
      problem.hidden = answer.ok;
      problem.textContent = said.text ?? "";
      if (!answer.ok) return;
      for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = said.token;
      form.elements.password.value = "";
      contact = Date.now();
      dialog.close("signed-in");
    } catch {
      problem.hidden = false;
      problem.textContent = "The server does not answer. Try again in a moment.";
    }
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close(""));
  dialog.addEventListener("close", () => document.body.append(dialog));
}

// Whether the server was there, and the person signed in, a moment ago. A page without the dialog needs no session.
export function isFresh() {
  return !dialogNow() || Date.now() - contact < FRESH_MS;
}

// Asks whether the server is there and the person signed in; they sign in again where they are not. Rejects as `send`.
export async function refresh() {
  await send("/session/");
}
