// What is asked before a field is deleted, in a dialog over what one is looking at.

import { FormDialog } from "./form-dialog.js";
import { inWords, send } from "./session.js";
import { toast } from "./toasts.js";

const saver = {
  grid: { complain: (text) => toast(text, { level: "error" }) },
  async send(address, body, accept) {
    const method = body ? "POST" : "GET";
    try {
      return await send(address, { method, body, headers: { Accept: accept, "HX-Request": "true" } });
    } catch (error) {
      return new Response(inWords(error), { status: 503 });
    }
  },
};

// Asks what the page at `address` asks; `done` is called when it was done.
export function ask(address, done) {
  return new FormDialog(saver, ({ text, change }) => {
    toast(text, { change });
    done();
  }).ask(address);
}
