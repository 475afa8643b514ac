// What is saved of a view is what is shown now: widths and the like change the address after its forms were made.

document.addEventListener("submit", (event) => {
  const { state } = event.target.elements;
  if (state && event.target.closest("#views")) state.value = location.search.slice(1);
}, true);
