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
  await bring(content);
  // Data for scripts stays.
  for (const part of content.querySelectorAll("toast-list, title, script:not([type='application/json'])")) part.remove();
  return { address: answer.url, content, title: page.title, status: answer.status };
}

// The style sheets and the scripts that stand in a page, before it is shown: a script that is put into a page does not
// run by itself, and a sheet that comes later makes it jump. Where one does not come, the page works without.
function bring(content) {
  const sheets = [...content.querySelectorAll("link[rel=stylesheet]")].map((sheet) => {
    sheet.remove();
    if (document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) return null;
    document.head.append(sheet);
    return new Promise((done) => {
      sheet.onload = sheet.onerror = done;
    });
  });
  const scripts = [...content.querySelectorAll("script[type=module][src]")].map(({ src }) => import(src).catch(() => null));
  return Promise.all([...sheets, ...scripts]);
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
