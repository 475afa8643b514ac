// The sidebar's width: icons alone, where a person likes it so. The cookie lets the server draw it so at once.

// What was typed into a form is kept where there is one, and forgotten behind one that was sent.
if (document.querySelector("form[data-draft]") || sessionStorage.getItem("draft-sent")) import("./drafts.js");

const YEAR = 365 * 24 * 60 * 60;

// Who has chosen no time zone gets the browser's.
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
if (timeZone && !document.cookie.includes(`zone=${timeZone};`) && !document.cookie.endsWith(`zone=${timeZone}`)) {
  document.cookie = `zone=${timeZone}; path=/; max-age=${YEAR}; samesite=lax`;
}

const toggle = document.querySelector("[data-sidebar-toggle]");

if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const narrow = document.body.classList.toggle("narrow-sidebar");
    document.cookie = `sidebar=${narrow ? "narrow" : "wide"}; path=/; max-age=${YEAR}; samesite=lax`;
    show();
  });
  show();
}

function show() {
  const narrow = document.body.classList.contains("narrow-sidebar");
  toggle.setAttribute("aria-expanded", String(!narrow));
  toggle.setAttribute("aria-label", narrow ? "Expand the sidebar" : "Collapse the sidebar");
}
