// Pages as scripts fetch them: what they show, without what surrounds it, and what they tell in toasts.

import { inWords, send } from "./session.js";
import { toast } from "./toasts.js";

// Says to the server that it need not send what surrounds the page.
const HEADERS = { "HX-Request": "true", "HX-Target": "drawer" };

// Fetch a page, or send a form: `{ address, content, title }`. It fails where there is no answer.
export async function fetchPage(address, options = {}) {
  let answer;
  try {
    answer = await send(address, { ...options, headers: { ...HEADERS, ...options.headers } });
  } catch (error) {
    throw new Error(inWords(error));
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  tell(page);
  const content = page.querySelector("main") ?? page.body;
  for (const part of content.querySelectorAll("toast-list, title, script")) part.remove();
  return { address: answer.url, content, title: page.title, status: answer.status };
}

// What a form sends, by the button that was pressed.
export function sent(form, button) {
  return { method: "POST", body: new URLSearchParams(new FormData(form, button)) };
}

function tell(page) {
  for (const item of page.querySelectorAll(".toasts .toast")) {
    if (item.closest("template")) continue;
    const level = item.classList.contains("error") ? "error" : "success";
    toast(item.querySelector("p").textContent, { level, undo: item.querySelector("form")?.getAttribute("action") ?? "" });
  }
}
