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

  let spoken = -1, asked = 0;

  // Where there is no phone at hand, a guess is given here: by the buttons or their letters.
  function ask(number) {
    asked = number;
    part("guess").hidden = !number;
    if (!number) return;
    part("guess-title").textContent = words["guess-take"] + " " + number;
    document.querySelectorAll(".toggle").forEach((each) => each.setAttribute("aria-pressed", "false"));
    part("tell").focus();
  }

  function toggle(button) {
    const on = button.getAttribute("aria-pressed") !== "true", opposite = { l: "r", r: "l", h: "d", d: "h", n: "f", f: "n" }[button.value];
    if (on && opposite) document.querySelector('.toggle[value="' + opposite + '"]').setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(on));
  }

  async function tell(said) {
    const number = asked;
    ask(0);
    try { await studioPost("/api/guess", { take: number, words: said }); } catch (error) { part("error").textContent = error.message; }
  }

  const pressed = () => [...document.querySelectorAll('.toggle[aria-pressed="true"]')].map((each) => each.value).join("");

  function show(state, first) {
    if (!first && part("speak").checked && state.said_number !== spoken) studioSpeak(state.said);
    spoken = state.said_number;
    if (state.guess !== asked) ask(state.guess);
    part("name").textContent = state.drill;
    part("phase").textContent = words["phase-" + state.phase];
    part("count").textContent = state.count || "";
    part("said").textContent = state.guess ? "" : state.said;
    part("error").textContent = state.error;
    part("go").disabled = state.phase !== "ready";
    part("stop").disabled = state.over;
    part("bar").hidden = !state.doing;
    if (state.of) part("bar").value = state.done / state.of; else part("bar").removeAttribute("value");
    part("takes").replaceChildren(...state.takes.map((take) => {
      const line = document.createElement("tr");
      if (take.number === state.take && !state.over) line.setAttribute("aria-current", "step");
      line.append(cell(take.number, "th"), cell(take.wants), cell(words["state-" + take.state]),
        cell(take.overall == null ? "–" : Math.round(take.overall)), cell(take.keepers || "–"), cell(take.error || take.fault));
      return line;
    }));
    part("log").replaceChildren(...state.log.map((text) => { const item = document.createElement("li"); item.textContent = text; return item; }));
    const link = document.createElement("a");
    link.href = "/sessions/" + encodeURIComponent(state.session) + "/";
    link.textContent = words["see-session"];
    if (state.phase === "waiting") {
      const order = document.createElement("a");
      order.href = link.href + "order";
      order.textContent = words["order-title"];
      link.href = "/bring-in";
      link.textContent = words["bring-in-next"];
      part("session").replaceChildren(link, " · ", order);
    } else part("session").replaceChildren(...(state.over && state.session ? [link] : []));
  }

  document.querySelectorAll(".toggle").forEach((each) => each.addEventListener("click", () => toggle(each)));
  part("tell").addEventListener("click", () => tell(pressed()));
  part("no-guess").addEventListener("click", () => tell(null));
  document.addEventListener("keydown", (event) => {
    if (!asked || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = document.querySelector('.toggle[value="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (button) { toggle(button); event.preventDefault(); }
  });

  part("go").addEventListener("click", () => studioPost("/api/go").catch((error) => { part("error").textContent = error.message; }));
  part("stop").addEventListener("click", () => studioPost("/api/stop").catch((error) => { part("error").textContent = error.message; }));
  studioLive(show, (gone) => { part("lost").hidden = !gone; });
})();
