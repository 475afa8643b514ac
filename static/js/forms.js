// Forms that are sent: once, however often one clicks; and never into the void, where what was typed would be lost.

import { isFresh, NotSignedIn, refresh } from "./session.js";
import { toast } from "./toasts.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  // A file that is sent for leaves the page as it is: it can be sent for again.
  if (form.hasAttribute("data-download")) return;
  if (form.hasAttribute("data-sending")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sending", "");
  event.submitter?.setAttribute("aria-busy", "true");
  if (isFresh()) return;
  // The session may be over, or the connection lost: the page stays as it is then.
  event.preventDefault();
  try {
    await refresh();
  } catch (error) {
    release(form);
    const text = "The server does not answer. What you typed is still here: try again in a moment.";
    if (!(error instanceof NotSignedIn)) toast(text, { level: "error" });
    return;
  }
  release(form);
  form.requestSubmit(event.submitter);
});

// Ctrl+Enter saves, also from a text of several lines.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  const form = event.target.closest("form[data-draft], .compose form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".button.primary"));
});

function release(form) {
  form.removeAttribute("data-sending");
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

// Back shows a page as it was left: its forms can be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-sending]").forEach(release);
});
