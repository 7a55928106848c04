"use strict";
// The studio's state, as it changes: the whole of it each time, so that whoever was away or reloads is at once where all are.
function studioLive(show, lost) {
  let socket = null, wait = 250, version = -1, timer = 0;

  function open() {
    clearTimeout(timer);
    socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/live");
    socket.addEventListener("open", () => { wait = 250; lost(false); });
    socket.addEventListener("message", (event) => {
      const state = JSON.parse(event.data);
      const first = version < 0;
      version = state.version;
      show(state, first);
    });
    socket.addEventListener("close", () => {
      lost(true);
      timer = setTimeout(open, wait);
      wait = Math.min(5000, wait * 2);
    });
  }

  // A phone that wakes, or a network that comes back, does not wait for the next try.
  const again = () => { if (!socket || socket.readyState > 1) { wait = 250; open(); } };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  window.addEventListener("online", again);
  window.addEventListener("pageshow", again);
  open();
}

async function studioPost(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-rigcoach": "1" },
    body: JSON.stringify(body || {}),
  });
  const text = await answer.text();
  const told = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(told.text || String(answer.status));
  return told;
}

// Runs what a button is for; the button rests meanwhile, and what comes of it or fails is said beside it.
function studioDoes(id, told, busy, work) {
  const button = document.getElementById(id), line = document.getElementById(told);
  if (!button) return;
  button.addEventListener("click", async () => {
    button.disabled = true;
    line.textContent = busy;
    line.className = "";
    try {
      line.replaceChildren((await work()) || "");
    } catch (error) {
      line.textContent = error.message;
      line.className = "no";
    }
    button.disabled = false;
  });
}

function studioSpeak(text) {
  if (!("speechSynthesis" in window) || !text) return;
  speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(text);
  said.lang = document.documentElement.lang;
  speechSynthesis.speak(said);
}
