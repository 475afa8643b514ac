// The page of a search by keys: the arrows lead from its box through what it found, and Esc leads back to the box.

const box = document.querySelector("main input[type=search]");

document.querySelector("main").addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const hits = [...document.querySelectorAll(".hits a")], at = hits.indexOf(event.target);
  // Without a hit that has the focus, only the box has these keys.
  if (at < 0 && event.target !== box) return;
  if (event.key === "ArrowDown") hits[Math.min(at + 1, hits.length - 1)]?.focus();
  else if (event.key === "ArrowUp" && at >= 0) (hits[at - 1] ?? box).focus();
  else if (event.key === "Escape" && at >= 0) box.select();
  else return;
  event.preventDefault();
});
