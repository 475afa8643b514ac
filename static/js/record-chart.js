// A chart of the figures that stand in the table beneath it. A click on a bar leads where the name in the table does.

import { stayLive } from "./board-live.js";
import { refresh } from "./list-address.js";

/* global Chart */

// A name of hundreds of characters would leave no room for the figures; the table has it whole.
const MAX_LABEL = 24;
const NARROW = 480;

class RecordChart extends HTMLElement {
  connectedCallback() {
    if (this.closest("[data-live]")) stayLive(this, refresh);
    this.rows = [...this.querySelectorAll("tbody tr")].filter((row) => row.dataset.value !== "");
    if (!this.rows.length || !window.Chart) return;
    this.querySelector(".chart-frame").hidden = false;
    this.querySelector("details")?.removeAttribute("open");
    this.draw();
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.redraw = () => this.draw();
    this.scheme.addEventListener("change", this.redraw);
  }

  disconnectedCallback() {
    this.scheme?.removeEventListener("change", this.redraw);
    this.chart?.destroy();
  }

  draw() {
    this.chart?.destroy();
    Chart.defaults.font.family = "Inter, system-ui, sans-serif";
    const ink = getComputedStyle(this).color;
    const frame = getComputedStyle(this.querySelector(".table-frame"));
    const colors = this.rows.map((row) => getComputedStyle(row.querySelector(".swatch")).backgroundColor);
    const isPie = this.dataset.type === "pie";
    const isLine = this.dataset.type === "line";
    const names = this.rows.map((row) => row.querySelector("a").textContent.trim());
    const values = this.rows.map((row) => Number(row.dataset.value));
    // Nobody counts half a record.
    const precision = values.every(Number.isInteger) ? 0 : undefined;
    const isNarrow = this.clientWidth < NARROW;
    const axis = { grid: { color: frame.borderTopColor }, border: { color: frame.borderTopColor }, ticks: { color: ink } };
    this.chart = new Chart(this.querySelector("canvas"), {
      type: this.dataset.type,
      data: {
        labels: names.map((name) => (name.length > MAX_LABEL ? `${name.slice(0, MAX_LABEL - 1)}…` : name)),
        datasets: [
          {
            label: this.dataset.label,
            data: values,
            backgroundColor: isLine ? colors[0] : colors,
            borderColor: isPie ? frame.backgroundColor : isLine ? colors[0] : colors,
            borderWidth: isPie || isLine ? 2 : 0,
            borderRadius: isPie ? 0 : 3,
            maxBarThickness: 64,
            pointRadius: 3,
            pointHitRadius: 12,
          },
        ],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        responsive: true,
        color: ink,
        locale: document.documentElement.lang,
        interaction: isPie ? {} : { mode: "index", intersect: false },
        scales: isPie ? {} : { x: { ...axis, grid: { display: false } }, y: { ...axis, border: { display: false }, beginAtZero: true, ticks: { color: ink, precision, maxTicksLimit: 7 } } },
        plugins: {
          legend: { display: isPie, position: isNarrow ? "bottom" : "right", labels: { color: ink, boxWidth: 10, boxHeight: 10 } },
          tooltip: { callbacks: { title: ([{ dataIndex }]) => names[dataIndex], label: ({ dataIndex }) => this.rows[dataIndex].querySelector("td").textContent.trim() } },
        },
        onHover: (event, found) => event.native.target.classList.toggle("at-bar", found.length > 0),
        onClick: (_event, found) => found.length && this.rows[found[0].index].querySelector("a").click(),
      },
    });
  }
}

customElements.define("record-chart", RecordChart);
