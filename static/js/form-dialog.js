// A page with a form, asked for and answered in a dialog over the page that one is on.

const SLOW_MS = 500;

export class FormDialog {
  // `saver` sends (see grid-save.js); `done` gets what was answered in the end: `{ text, change, … }`.
  constructor(saver, done) {
    this.saver = saver;
    this.done = done;
    this.dialog = document.createElement("dialog");
    this.dialog.addEventListener("submit", (event) => this.onSubmit(event));
    this.dialog.addEventListener("close", () => this.dialog.remove());
    this.dialog.addEventListener("click", (event) => this.onClick(event));
  }

  async ask(address, body) {
    const before = document.activeElement;
    this.dialog.addEventListener("close", () => before?.focus?.({ preventScroll: true }));
    await this.send(address, body);
  }

  async send(address, body) {
    const answer = await this.saver.send(address, body, "text/html, application/json");
    if (answer.headers.get("Content-Type")?.includes("json")) {
      const told = await answer.json();
      this.dialog.close();
      this.dialog.remove();
      return this.done(told);
    }
    const html = await answer.text(), page = new DOMParser().parseFromString(html, "text/html");
    const form = page.querySelector("main form");
    if (!form) return this.problem(page.body.textContent.trim());
    form.classList.remove("card", "narrow");
    if (!form.getAttribute("action")) form.action = address;
    // What is chosen from is there when the form is.
    if (form.querySelector("combo-box")) await import("./combobox.js");
    this.show(form);
    return undefined;
  }

  show(form) {
    const title = form.querySelector("h1");
    if (title) {
      const heading = Object.assign(document.createElement("h2"), { id: "dialog-title", textContent: title.textContent });
      title.replaceWith(heading);
      this.dialog.setAttribute("aria-labelledby", heading.id);
    }
    this.dialog.replaceChildren(form);
    if (!this.dialog.isConnected) {
      document.body.append(this.dialog);
      this.dialog.showModal();
    }
    (form.querySelector("[autofocus]") ?? form.querySelector("input:not([type=hidden]), select, .button"))?.focus();
  }

  problem(text) {
    if (!this.dialog.isConnected) return this.saver.grid.complain(text);
    this.dialog.querySelector("[role=alert]")?.remove();
    const alert = Object.assign(document.createElement("p"), { className: "alert", textContent: text });
    alert.setAttribute("role", "alert");
    this.dialog.querySelector(".actions").before(alert);
    return undefined;
  }

  onClick(event) {
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    this.dialog.close();
  }

  async onSubmit(event) {
    const form = event.target, button = event.submitter;
    event.preventDefault();
    if (this.isSending) return;
    this.isSending = true;
    button?.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => form.querySelector("progress")?.removeAttribute("hidden"), SLOW_MS);
    await this.send(form.action, new FormData(form, button));
    clearTimeout(slow);
    button?.removeAttribute("aria-busy");
    form.querySelector("progress")?.setAttribute("hidden", "");
    this.isSending = false;
  }
}
