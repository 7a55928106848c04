"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const words = JSON.parse(part("live").dataset.words);

  function cell(text, kind) {
    const made = document.createElement(kind || "td");
    if (kind) made.scope = "row";
    made.textContent = text;
    return made;
  }

  function show(state) {
    part("name").textContent = state.drill;
    part("phase").textContent = words["phase-" + state.phase];
    part("count").textContent = state.count || "";
    part("said").textContent = state.said;
    part("error").textContent = state.error;
    part("go").disabled = state.phase !== "ready";
    part("stop").disabled = state.over;
    part("bar").hidden = !state.doing;
    if (state.of) part("bar").value = state.done / state.of; else part("bar").removeAttribute("value");
    part("takes").replaceChildren(...state.takes.map((take) => {
      const line = document.createElement("tr");
      if (take.number === state.take && !state.over) line.setAttribute("aria-current", "step");
      line.append(cell(take.number, "th"), cell(take.wants), cell(words["state-" + take.state]),
        cell(take.overall == null ? "–" : Math.round(take.overall)), cell(take.keepers == null ? "–" : Math.round(100 * take.keepers) + " %"), cell(take.error || take.fault));
      return line;
    }));
    part("log").replaceChildren(...state.log.map((text) => { const item = document.createElement("li"); item.textContent = text; return item; }));
    const link = document.createElement("a");
    link.href = "/sessions/" + encodeURIComponent(state.session) + "/";
    link.textContent = words["see-session"];
    part("session").replaceChildren(...(state.over && state.session ? [link] : []));
  }

  part("go").addEventListener("click", () => studioPost("/api/go").catch((error) => { part("error").textContent = error.message; }));
  part("stop").addEventListener("click", () => studioPost("/api/stop").catch((error) => { part("error").textContent = error.message; }));
  studioLive(show, (gone) => { part("lost").hidden = !gone; });
})();
