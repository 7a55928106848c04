"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const words = JSON.parse(part("phone").dataset.words);
  const huge = part("huge");
  let now = null, spoken = -1, wake = null, take = 0, guessed = 0;

  function buzz(pattern) {
    if (navigator.vibrate) navigator.vibrate(pattern);
  }

  const speak = (text) => { if (part("speak").checked) studioSpeak(text); };

  // A phone that goes to sleep loses its button; only over TLS do browsers let a page keep it awake.
  async function stayAwake(on) {
    if (!on || wake || !navigator.wakeLock) return;
    try {
      wake = await navigator.wakeLock.request("screen");
      wake.addEventListener("release", () => { wake = null; });
    } catch { wake = null; }
  }

  function show(state, first) {
    const before = now;
    now = state;
    take = state.take;
    part("phase").textContent = (state.take ? words.take + " " + state.take + " / " + state.takes.length + ". " : "") + words["phase-" + state.phase];
    part("said").textContent = state.error || state.said;
    const go = state.phase === "ready", stop = !state.over && !go;
    huge.className = go ? "go" : stop ? "stop" : "";
    huge.disabled = !go && !stop;
    huge.textContent = state.phase === "counting" ? String(state.count) : go ? words.go : stop ? words.stop : words.wait;
    if (!first && state.said_number !== spoken) speak(state.said);
    if (before && before.phase !== state.phase) {
      if (state.phase === "ready") buzz([80, 60, 80]);
      if (state.phase === "recording") buzz(400);
      if (before.phase === "recording") buzz([200, 100, 200]);
    } else if (before && before.count !== state.count && state.count) buzz(60);
    spoken = state.said_number;
    if (state.guess && state.guess !== guessed && part("guess").hidden) ask(state.guess);
    if (!state.guess) part("guess").hidden = true;
    stayAwake(!state.over);
  }

  async function press() {
    if (!now) return;
    buzz(40);
    // Pressed again while it is on its way it means nothing.
    huge.disabled = true;
    try {
      await studioPost(now.phase === "ready" ? "/api/go" : "/api/stop");
    } catch (error) {
      part("said").textContent = error.message;
    }
    show(now, true);
  }

  const steps = [
    { title: "guess-place", up: ["guess-high", "high"], down: ["guess-low", "low"], left: ["guess-left", "left"], right: ["guess-right", "right"], there: ["guess-there", ""] },
    { title: "guess-distance", up: ["guess-far", "far"], down: ["guess-near", "near"], there: ["guess-there", ""] },
    { title: "guess-focus", left: ["guess-soft", "soft"], right: ["guess-sharp", "sharp"] },
  ];

  // Four edges of the screen, for a thumb that looks at nothing.
  function ask(number) {
    const box = part("guess"), said = [];
    let step = 0;
    const send = async (body) => {
      box.hidden = true;
      guessed = number;
      huge.focus();
      try { await studioPost("/api/guess", { take: number, ...body }); } catch (error) { part("said").textContent = error.message; }
    };
    const lay = () => {
      const at = steps[step];
      part("guess-title").textContent = words[at.title];
      speak(words[at.title]);
      for (const edge of ["up", "down", "left", "right", "there"]) {
        const button = box.querySelector("." + edge);
        button.style.visibility = at[edge] ? "visible" : "hidden";
        button.textContent = at[edge] ? words[at[edge][0]] : "";
        button.onclick = () => {
          buzz(40);
          if (at[edge][1]) said.push(at[edge][1]);
          step += 1;
          if (step < steps.length) lay(); else send({ words: said.join(" ") });
        };
      }
      box.querySelector(at.there ? ".there" : ".right").focus();
    };
    part("no-guess").onclick = () => send({ words: null });
    box.hidden = false;
    lay();
  }

  // By a keyboard, or a remote that sends arrows: the edges are where the arrows point.
  const edges = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
  part("guess").addEventListener("keydown", (event) => {
    const button = edges[event.key] && part("guess").querySelector("." + edges[event.key]);
    if (button && button.style.visibility !== "hidden") { event.preventDefault(); button.click(); }
    if (event.key === "Escape") part("no-guess").click();
  });

  huge.addEventListener("click", press);
  part("show-slate").addEventListener("click", () => {
    const number = Math.max(1, take);
    part("marker").src = "/slate/" + number + ".svg";
    part("marker").alt = words.take + " " + number;
    part("slate-title").textContent = words.take + " " + number;
    part("slate").hidden = false;
    part("close-slate").focus();
  });
  part("close-slate").addEventListener("click", () => { part("slate").hidden = true; part("show-slate").focus(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") part("slate").hidden = true; });
  studioLive(show, (gone) => { part("lost").hidden = !gone; });
})();
