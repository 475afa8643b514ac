// The form that changes many records: a field that is ticked has the focus in its value, and Enter on a box sends nothing.

document.addEventListener("change", ({ target }) => {
  const choice = target.closest(".selected-edit .choice");
  if (!choice || target.type !== "checkbox") return;
  const place = choice.querySelector(".value-control");
  // A list that is searched has its own control beside it.
  const control = place
    ? (place.querySelector("combo-box input") ?? place.querySelector("input:not([type=hidden]), select, textarea"))
    : choice.querySelector("[name=empty]");
  if (target.name === "change" && target.checked) control?.focus();
  if (target.name === "empty" && !target.checked) control?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches(".selected-edit input[type=checkbox]")) event.preventDefault();
});
