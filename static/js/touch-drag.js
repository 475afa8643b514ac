// Dragging by touch: a long press picks up, a finger that moves earlier scrolls as ever.

const PRESS_MS = 450;
// A finger that rests moves so many pixels all the same.
const RESTS = 8;
// So near to an edge of what scrolls, it scrolls on, so many pixels a frame.
const EDGE = 48;
const STEP = 10;

export function letTouchDrag(root, { items, places, over, onDrop }) {
  let held = null;

  const placeAt = ({ x, y }) => {
    const place = document.elementFromPoint(x, y)?.closest(places);
    return place && root.contains(place) ? place : null;
  };

  function pickUp() {
    const { item, at } = held;
    const box = item.getBoundingClientRect();
    held.ghost = item.cloneNode(true);
    held.ghost.removeAttribute("id");
    held.ghost.inert = true;
    held.ghost.classList.add("drag-ghost");
    Object.assign(held.ghost.style, { width: `${box.width}px`, left: `${box.left}px`, top: `${box.top}px` });
    held.start = { ...at };
    // Within the root, so that the same rules of style hold for it.
    root.append(held.ghost);
    item.classList.add("dragged");
    navigator.vibrate?.(10);
    held.frame = requestAnimationFrame(scroll);
  }

  // What scrolls under the finger goes on while it is held at its edge.
  function scroll() {
    if (!held?.ghost) return;
    const frame = scrollerOf(held.item);
    const box = frame.getBoundingClientRect();
    const by = (at, start, end) => (at < start + EDGE ? -STEP : at > end - EDGE ? STEP : 0);
    frame.scrollBy(by(held.at.x, Math.max(0, box.left), Math.min(innerWidth, box.right)), by(held.at.y, Math.max(0, box.top), Math.min(innerHeight, box.bottom)));
    over(placeAt(held.at));
    held.frame = requestAnimationFrame(scroll);
  }

  function end(isDropped) {
    if (!held) return;
    const { item, ghost, at, timer, frame } = held;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    held = null;
    if (!ghost) return;
    ghost.remove();
    item.classList.remove("dragged");
    over(null);
    refuseClick(item);
    const place = isDropped ? placeAt(at) : null;
    if (place) onDrop(item, place);
  }

  root.addEventListener("pointerdown", (event) => {
    const item = event.pointerType === "touch" ? event.target.closest(items) : null;
    // A second finger zooms.
    if (held || !item || !event.isPrimary) return end(false);
    held = { item, id: event.pointerId, at: { x: event.clientX, y: event.clientY }, timer: setTimeout(pickUp, PRESS_MS) };
  });
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    const { clientX: x, clientY: y } = event;
    if (!held.ghost) {
      if (Math.hypot(x - held.at.x, y - held.at.y) > RESTS) end(false);
      return;
    }
    held.at = { x, y };
    held.ghost.style.translate = `${x - held.start.x}px ${y - held.start.y}px`;
  });
  addEventListener("pointerup", (event) => event.pointerId === held?.id && end(true));
  addEventListener("pointercancel", (event) => event.pointerId === held?.id && end(false));
  // What is picked up keeps the page from scrolling, and from the menu of a long press.
  root.addEventListener("touchmove", (event) => held?.ghost && event.cancelable && event.preventDefault(), { passive: false });
  root.addEventListener("contextmenu", (event) => held && event.preventDefault());
}

// Letting go is no click on what was dragged.
function refuseClick(item) {
  const refuse = (event) => item.contains(event.target) && (event.preventDefault(), event.stopPropagation());
  addEventListener("click", refuse, { capture: true });
  setTimeout(() => removeEventListener("click", refuse, { capture: true }), 300);
}

function scrollerOf(item) {
  for (let one = item.parentElement; one; one = one.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(one);
    const isWide = one.scrollWidth > one.clientWidth && /auto|scroll/.test(overflowX);
    const isHigh = one.scrollHeight > one.clientHeight && /auto|scroll/.test(overflowY);
    if (isWide || isHigh) return one;
  }
  return document.scrollingElement;
}
