"use strict";
// Draws the page's charts with uPlot and ties them to the pictures: no markup is made from data here.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const moments = [...document.querySelectorAll(".moment")];
  const viewer = document.getElementById("viewer");
  const abouts = [...document.querySelectorAll(".about")];
  const plots = [];
  let drawing = false;
  let chosen = moments.length ? Number(moments[0].dataset.t) : null;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Shows the still nearest to a time, what was measured there, and the time in every chart.
  function stand(t) {
    if (!moments.length) return;
    let nearest = 0;
    moments.forEach((moment, i) => {
      const apart = Math.abs(Number(moment.dataset.t) - t);
      if (apart < Math.abs(Number(moments[nearest].dataset.t) - t)) nearest = i;
    });
    moments.forEach((moment, i) => { moment.hidden = i !== nearest; });
    abouts.forEach((about, i) => { about.hidden = i !== nearest; });
    if (chosen === t) return;
    chosen = t;
    if (!drawing) requestAnimationFrame(() => { drawing = false; plots.forEach((plot) => plot.redraw(false)); });
    drawing = true;
  }

  const choose = (t) => document.dispatchEvent(new CustomEvent("chosen", { detail: t }));
  document.addEventListener("played", (event) => stand(event.detail));

  function shade(u, chart) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = colour("--band");
    for (const band of chart.bands) {
      if (band.lines) {
        const [low, high] = band.lines.map((i) => u.data[i + 1]);
        ctx.beginPath();
        let open = false;
        const x = (i) => u.valToPos(u.data[0][i], "x", true);
        const upper = [];
        const close = () => {
          if (!open) return;
          upper.reverse().forEach(([px, py]) => ctx.lineTo(px, py));
          ctx.closePath();
          upper.length = 0;
          open = false;
        };
        u.data[0].forEach((_, i) => {
          if (low[i] == null || high[i] == null) { close(); return; }
          ctx[open ? "lineTo" : "moveTo"](x(i), u.valToPos(low[i], "y", true));
          upper.push([x(i), u.valToPos(high[i], "y", true)]);
          open = true;
        });
        close();
        ctx.fill();
      } else {
        const top = u.valToPos(band.high, "y", true);
        ctx.fillRect(bbox.left, top, bbox.width, u.valToPos(band.low, "y", true) - top);
      }
    }
    ctx.restore();
  }

  function mark(u, chart) {
    const { ctx, bbox } = u;
    const ratio = window.devicePixelRatio || 1;
    ctx.save();
    ctx.fillStyle = colour("--mark");
    for (const [start, end] of chart.marks) {
      const left = Math.max(u.valToPos(start, "x", true), bbox.left);
      const right = Math.min(u.valToPos(end, "x", true), bbox.left + bbox.width);
      if (right > left) ctx.fillRect(left, bbox.top + bbox.height - 6 * ratio, right - left, 6 * ratio);
    }
    if (chosen !== null && chart.axis === "s") {
      const x = Math.round(u.valToPos(chosen, "x", true));
      ctx.strokeStyle = colour("--ink");
      ctx.lineWidth = ratio;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  function range(chart) {
    return (_u, low, high) => {
      const values = [low, high].filter((value) => value !== null);
      for (const band of chart.bands) {
        if (!band.lines) values.push(band.low, band.high);
      }
      const min = chart.low ?? Math.min(...values);
      const max = chart.high ?? Math.max(...values);
      const margin = (max - min || 1) * 0.06;
      return [chart.low ?? min - margin, chart.high ?? max + margin];
    };
  }

  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const onDay = (t, options) => new Date(1000 * t).toLocaleDateString(language, { day: "numeric", month: "short", ...options });

  // How a value of the horizontal axis is told, and its ticks.
  function told(chart) {
    if (chart.axis === "s") return { value: (v) => v.toFixed(2) + " s", ticks: (ticks) => ticks.map((t) => t + " s") };
    if (chart.axis !== "date") return { value: (v) => v, ticks: (ticks) => ticks };
    const day = 86400;
    return {
      value: (v) => onDay(v, { year: "numeric", hour: "2-digit", minute: "2-digit" }),
      // The year stands where it begins, the time where ticks are less than a day apart.
      ticks: (ticks) => ticks.map((t, i) => {
        if (ticks.length > 1 && ticks[1] - ticks[0] < day) return onDay(t, { hour: "2-digit", minute: "2-digit" }).replace(", ", "\n");
        const year = new Date(1000 * t).getFullYear();
        return onDay(t) + (i === 0 || year !== new Date(1000 * ticks[i - 1]).getFullYear() ? "\n" + year : "");
      }),
    };
  }

  // The border of a line's square in the legend.
  function dashed(line) {
    if (!line || !line.dash.length) return "solid";
    return line.dash[0] < 5 ? "dotted" : "dashed";
  }

  function draw(element, chart) {
    const unit = chart.unit ? " " + chart.unit : "";
    const across = told(chart);
    const dated = chart.axis === "date";
    const axis = {
      stroke: () => colour("--soft"),
      grid: { stroke: () => colour("--grid"), width: 1 },
      ticks: { stroke: () => colour("--grid"), width: 1 },
      font: "12px system-ui, sans-serif",
    };
    const options = {
      width: element.clientWidth,
      height: 240,
      scales: { x: { time: dated }, y: { range: range(chart) } },
      axes: [
        { ...axis, ...(chart.axis === "s" || dated ? {} : { incrs: [1, 2, 5, 10, 20, 50, 100] }), ...(dated ? { space: 70 } : {}), values: (_u, ticks) => across.ticks(ticks) },
        { ...axis, size: 64, values: (_u, ticks) => ticks.map((v) => v + unit) },
      ],
      // By name, not by value: the squares follow when light turns dark.
      legend: { markers: { dash: (_u, i) => dashed(chart.lines[i - 1]), stroke: (_u, i) => "var(--c" + (chart.lines[i - 1] || { colour: 0 }).colour + ")" } },
      cursor: { sync: { key: chart.axis }, drag: { x: true, y: false }, focus: { prox: 24 } },
      series: [
        { label: chart.axis_label, value: (_u, v) => (v == null ? "–" : across.value(v)) },
        ...chart.lines.map((line) => ({
          label: line.label,
          stroke: () => colour("--c" + line.colour),
          width: line.dots ? 0 : 2,
          dash: line.dash,
          spanGaps: dated,
          points: { show: line.dots || dated || chart.at.length < 40, size: 4, fill: () => colour("--c" + line.colour) },
          value: (_u, v) => (v == null ? "–" : v.toFixed(line.digits) + unit),
        })),
      ],
      hooks: { drawClear: [(u) => shade(u, chart)], draw: [(u) => mark(u, chart)] },
    };
    // Room for a date, so that the legend stands still when the pointer comes and goes.
    element.classList.toggle("dated", dated);
    const plot = new uPlot(options, [chart.at, ...chart.lines.map((line) => line.values)], element);
    plot.over.addEventListener("click", () => {
      if (plot.cursor.idx != null) choose(chart.at[plot.cursor.idx]);
    });
    plots.push(plot);
    new ResizeObserver(() => {
      if (element.clientWidth && element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: 240 });
    }).observe(element);
  }

  for (const chart of charts) {
    const element = document.querySelector('[data-chart="' + chart.id + '"]');
    if (element) draw(element, chart);
  }
  const again = () => plots.forEach((plot) => plot.redraw(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  matchMedia("print").addEventListener("change", again);
  document.querySelectorAll("button[data-t]").forEach((button) => {
    button.addEventListener("click", () => {
      choose(Number(button.dataset.t));
      viewer.scrollIntoView({ block: "nearest" });
    });
  });
})();
