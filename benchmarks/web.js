// Tells the measurement how long things take in a page: `waits.took` has them, in milliseconds.

// So many frames pass before a scroll begins.
const FRAMES_AT_START = 30;

const waits = {
  took: {},

  // Calls back when what is there now has been painted.
  painted(then) {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => then(performance.now());
      port2.postMessage(0);
    });
  },

  // Measures from the next `event` until something is there.
  expect(what, event, text) {
    delete this.took[what];
    addEventListener(event, () => {
      const began = performance.now();
      const isThere = this.conditions[what](text);
      const watch = () => {
        if (!isThere()) return;
        observer.disconnect();
        this.painted((now) => (this.took[what] = now - began));
      };
      const observer = new MutationObserver(watch);
      observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    }, { capture: true, once: true });
  },

  // Each is called when the waiting begins, and gives what tells whether it is over.
  conditions: {
    // Rows that were not there before.
    rows() {
      const before = new Set(document.querySelectorAll("tbody tr[data-record]"));
      return () => {
        const rows = document.querySelectorAll("tbody tr[data-record]");
        return rows.length > 0 && !before.has(rows[rows.length - 1]);
      };
    },
    stored() {
      let hasBegun = false;
      return () => {
        const saving = document.querySelector("td.saving");
        hasBegun ||= Boolean(saving);
        return hasBegun && !saving;
      };
    },
    offered(text) {
      return () => [...document.querySelectorAll("[role=option]")].some((one) => one.textContent.includes(text));
    },
  },

  // Scrolls through an element; resolves to the longest time between two frames. It ends before what loads more rows
  // is in view.
  scroll(selector) {
    const element = document.querySelector(selector);
    element.scrollTop = 0;
    return new Promise((resolve) => {
      let last = 0, longest = 0, frames = 0;
      const step = (now) => {
        // The first frames pay for going back to the start.
        if (frames > FRAMES_AT_START) longest = Math.max(longest, now - last);
        last = now;
        frames += 1;
        if (frames > FRAMES_AT_START) element.scrollTop += 400;
        if (element.scrollTop > element.scrollHeight - 2 * element.clientHeight) resolve(longest);
        else requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  },
};
globalThis.waits = waits;

// The first rows: seen by the parser, and painted. Times count from the start of the navigation.
const parser = new MutationObserver(() => {
  if (!document.querySelector("tbody tr[data-record]")) return;
  parser.disconnect();
  waits.painted((now) => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? now;
    waits.took.firstRows = Math.max(now, paint);
  });
});
parser.observe(document, { childList: true, subtree: true });
