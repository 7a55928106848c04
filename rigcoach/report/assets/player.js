"use strict";
// Plays the clip beside the page, or its stills where there is none or the browser cannot decode it, with what was
// measured drawn over the picture. It asks for the clip only when somebody plays it.
(() => {
  const viewer = document.getElementById("viewer");
  if (!viewer) return;
  const data = JSON.parse(viewer.dataset.play);
  const part = (id) => document.getElementById(id);
  const scrub = part("scrub"), playButton = part("play"), speed = part("speed"), told = part("told"), clock = part("clock");
  const main = { video: part("clip-video"), src: data.src, ready: false, asked: false };
  const other = { video: part("best-video"), src: data.best ? data.best.src : null, ready: false, asked: false };
  const end = data.times.length ? data.times[data.times.length - 1] : 0;
  const frame_s = 1 / data.fps;
  let t = data.times.length ? data.times[0] : 0;
  let playing = false, rate = 1, last = 0, comparing = false, announced = -1;

  function nearest(time) {
    let low = 0, high = data.times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (data.times[middle] < time - frame_s / 2) low = middle + 1; else high = middle;
    }
    return low;
  }

  function ask(screen) {
    if (!screen.video || !screen.src || screen.asked) return;
    screen.asked = true;
    screen.video.addEventListener("loadeddata", () => {
      if (!screen.video.videoWidth) { cannot(screen); return; }
      screen.ready = true;
      if (screen === main) viewer.classList.add("moving");
      put(screen);
      if (playing && rate > 0) start(screen);
      show();
    }, { once: true });
    screen.video.addEventListener("error", () => cannot(screen), { once: true });
    screen.video.preload = "auto";
    screen.video.src = screen.src;
  }

  function cannot(screen) {
    screen.ready = false;
    if (screen !== main) return;
    viewer.classList.remove("moving");
    part("no-clip").hidden = false;
  }

  // The middle of the frame, so that rounding never shows the one before.
  function put(screen) {
    if (screen.ready) screen.video.currentTime = Math.max(0, Math.min(t + frame_s / 2, screen.video.duration || t));
  }

  function start(screen) {
    screen.video.playbackRate = rate;
    const begun = screen.video.play();
    // Paused again before it began: nothing to tell.
    if (begun) begun.catch((error) => { if (error.name !== "AbortError") pause(); });
  }

  const screens = () => (comparing ? [main, other] : [main]);

  function play(at) {
    rate = at;
    if (rate > 0 && t >= end - frame_s / 2) seek(data.times[0]);
    screens().forEach(ask);
    playing = true;
    playButton.textContent = playButton.dataset.pause;
    screens().forEach((screen) => {
      if (!screen.ready) return;
      if (rate > 0) start(screen); else screen.video.pause();
    });
    last = performance.now();
    requestAnimationFrame(tick);
  }

  function pause() {
    playing = false;
    playButton.textContent = playButton.dataset.play;
    [main, other].forEach((screen) => { if (screen.ready) screen.video.pause(); });
    show();
  }

  function tick(now) {
    if (!playing) return;
    if (main.ready && rate > 0) {
      t = Math.min(end, main.video.currentTime);
      if (main.video.ended) { t = end; pause(); return; }
    } else {
      t += rate * (now - last) / 1000;
      if (t >= end || t <= 0) { t = Math.max(0, Math.min(end, t)); pause(); return; }
      if (rate < 0) screens().forEach((screen) => { if (screen.ready && !screen.video.seeking) put(screen); });
    }
    last = now;
    show();
    requestAnimationFrame(tick);
  }

  function seek(time) {
    t = Math.max(0, Math.min(end, time));
    screens().forEach((screen) => { ask(screen); put(screen); });
    show();
  }

  const step = (frames) => { pause(); seek(data.times[Math.max(0, Math.min(data.times.length - 1, nearest(t) + frames))]); };

  function line(name, at) {
    document.querySelectorAll("#over ." + name).forEach((element) => {
      element.toggleAttribute("hidden", !at);
      element.style.display = at ? "" : "none";
      if (at) Object.entries(at).forEach(([key, value]) => element.setAttribute(key, value));
    });
  }

  function show() {
    const i = nearest(t);
    scrub.value = t;
    scrub.setAttribute("aria-valuetext", t.toFixed(1) + " s");
    const mark = data.keepers[i] ? data.words.keeper : data.words.other;
    clock.textContent = t.toFixed(2) + " s · " + (data.overall[i] == null ? "–" : data.overall[i]) + " · " + mark;
    const box = data.boxes[i], roll = data.rolls[i];
    line("box", box && { x: box[0], y: box[1], width: box[2], height: box[3] });
    line("roll", roll && { x1: roll[0], y1: roll[1], x2: roll[2], y2: roll[3] });
    const now = data.faults.findIndex((fault) => fault.seconds.some(([a, b]) => t >= a - frame_s / 2 && t <= b + frame_s / 2));
    document.querySelectorAll(".faults li").forEach((item, n) => {
      item.classList.toggle("now", data.faults[n].seconds.some(([a, b]) => t >= a - frame_s / 2 && t <= b + frame_s / 2));
    });
    if (!playing && now !== announced) {
      announced = now;
      told.textContent = now < 0 ? "" : data.faults[now].label;
    }
    document.dispatchEvent(new CustomEvent("played", { detail: t }));
  }

  function nextFault(direction, only) {
    const starts = data.faults.filter((_, n) => only === undefined || n === only)
      .flatMap((fault) => fault.seconds.map(([a]) => a)).sort((a, b) => a - b);
    const found = direction > 0 ? starts.find((a) => a > t + frame_s) : starts.reverse().find((a) => a < t - frame_s);
    const turned = found === undefined ? starts[0] : found;
    if (turned === undefined) return;
    pause();
    seek(turned);
  }

  function toggle(id, name, then) {
    const box = part(id);
    if (!box) return;
    const apply = () => { viewer.classList.toggle(name, box.checked); if (then) then(box.checked); };
    box.addEventListener("change", apply);
    apply();
  }

  playButton.addEventListener("click", () => (playing ? pause() : play(Number(speed.value))));
  part("back").addEventListener("click", () => step(-1));
  part("on").addEventListener("click", () => step(1));
  const next = part("next-fault");
  if (next) next.addEventListener("click", () => nextFault(1));
  document.querySelectorAll(".faults button").forEach((button, n) => button.addEventListener("click", () => nextFault(1, n)));
  speed.addEventListener("change", () => { if (playing) play(Number(speed.value)); });
  scrub.addEventListener("input", () => { pause(); seek(Number(scrub.value)); });
  toggle("lines", "lines");
  toggle("peaking", "peaking");
  toggle("ghosts", "ghosts");
  toggle("beside", "beside", (on) => {
    comparing = on;
    if (!on) { if (other.ready) other.video.pause(); return; }
    ask(main); ask(other); put(other);
    if (playing && rate > 0 && other.ready) start(other);
  });
  document.addEventListener("chosen", (event) => { pause(); seek(event.detail); });

  const faster = () => (playing && rate >= 1 ? Math.min(8, rate * 2) : Math.max(1, Number(speed.value)));
  const back = () => (playing && rate <= -1 ? Math.max(-8, rate * 2) : -1);
  const keys = {
    " ": () => (playing ? pause() : play(Number(speed.value))),
    k: pause,
    l: () => play(faster()),
    j: () => play(back()),
    n: () => nextFault(1),
    b: () => nextFault(-1),
    ArrowLeft: (event) => (event.shiftKey ? seek(t - 1) : step(-1)),
    ArrowRight: (event) => (event.shiftKey ? seek(t + 1) : step(1)),
    Home: () => { pause(); seek(data.times[0]); },
    End: () => { pause(); seek(end); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A slider's, a button's and a list's own keys stay theirs.
    const own = event.target.closest("button, summary, a, select, textarea, [contenteditable]");
    const typed = event.target.closest("input") && event.target !== scrub;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in keys) || (own && key === " ") || event.target.closest("select, textarea, [contenteditable]") || typed) return;
    if (event.target.closest("[role=region]") && key.startsWith("Arrow")) return;
    event.preventDefault();
    keys[key](event);
  });
  show();
})();
