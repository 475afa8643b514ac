// What is asked before a field is deleted, in a dialog over what one is looking at.

import { FormDialog } from "./form-dialog.js";
import { inWords, send } from "./session.js";
import { toast } from "./toasts.js";

// Asks what the page at `address` asks. `confirmed` is called when somebody says yes, `done` when it was done.
export function ask(address, done, confirmed = () => {}) {
  const saver = {
    grid: { complain: (text) => toast(text, { level: "error" }) },
    async send(to, body, accept) {
      const method = body ? "POST" : "GET";
      if (body) confirmed();
      try {
        return await send(to, { method, body, headers: { Accept: accept, "HX-Request": "true" } });
      } catch (error) {
        return new Response(inWords(error), { status: 503 });
      }
    },
  };
  return new FormDialog(saver, ({ text, change }) => {
    toast(text, { change });
    done();
  }).ask(address);
}
