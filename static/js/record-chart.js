// A chart of the figures that stand in the table beneath it. A click on a bar leads where the name in the table does.

/* global Chart */

class RecordChart extends HTMLElement {
  connectedCallback() {
    this.rows = [...this.querySelectorAll("tbody tr")].filter((row) => row.dataset.value !== "");
    if (!this.rows.length || !window.Chart) return;
    this.querySelector(".chart-frame").hidden = false;
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
    const axis = { grid: { color: frame.borderTopColor }, border: { color: frame.borderTopColor }, ticks: { color: ink } };
    this.chart = new Chart(this.querySelector("canvas"), {
      type: this.dataset.type,
      data: {
        labels: this.rows.map((row) => row.querySelector("a").textContent.trim()),
        datasets: [
          {
            label: this.dataset.label,
            data: this.rows.map((row) => Number(row.dataset.value)),
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
        interaction: isPie ? {} : { mode: "index", intersect: false },
        scales: isPie ? {} : { x: { ...axis, grid: { display: false } }, y: { ...axis, beginAtZero: true } },
        plugins: {
          legend: { display: isPie, position: "right", labels: { color: ink, boxWidth: 10, boxHeight: 10 } },
          tooltip: { callbacks: { label: ({ dataIndex }) => this.rows[dataIndex].querySelector("td").textContent.trim() } },
        },
        onHover: (event, found) => event.native.target.classList.toggle("at-bar", found.length > 0),
        onClick: (_event, found) => found.length && this.rows[found[0].index].querySelector("a").click(),
      },
    });
  }
}

customElements.define("record-chart", RecordChart);
