"use strict";
// The code stands behind the address's #, where no server and no log sees it, and is taken out of the address at once.
(() => {
  const words = JSON.parse(document.getElementById("pair").dataset.words);
  const told = document.getElementById("told"), code = document.getElementById("code"), name = document.getElementById("name");

  async function pair() {
    told.textContent = words["pair-reading"];
    let answer;
    try {
      answer = await fetch("/api/pair", {
        method: "POST",
        headers: { "content-type": "application/json", "x-rigcoach": "1" },
        body: JSON.stringify({ code: code.value.trim().toUpperCase().replaceAll(/[\s-]/g, ""), name: name.value }),
      });
    } catch {
      told.textContent = words["pair-offline"];
      return;
    }
    if (answer.ok) { location.replace((await answer.json()).to); return; }
    told.textContent = words[answer.status === 429 ? "pair-many" : "pair-wrong"];
  }

  document.getElementById("do").addEventListener("click", pair);
  code.addEventListener("keydown", (event) => { if (event.key === "Enter") pair(); });
  function readLink() {
    if (location.hash.length <= 1) return;
    code.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", "/pair");
    pair();
  }
  // A link opened where this page is open already loads nothing anew.
  window.addEventListener("hashchange", readLink);
  readLink();
})();
