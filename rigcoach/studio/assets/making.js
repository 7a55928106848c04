"use strict";
// Asks how far the page is, and shows it once it is made.
(() => {
  const bar = document.getElementById("bar"), part = document.getElementById("part");
  if (!bar) return;

  async function look() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.status !== 202) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), now = page.getElementById("bar");
      if (!now) {
        document.querySelector("main").replaceWith(page.querySelector("main"));  // why it could not be made
        return;
      }
      bar.value = now.value;
      if (part.textContent !== page.getElementById("part").textContent) part.textContent = page.getElementById("part").textContent;
    } catch { /* The studio does not answer just now: it is asked again. */ }
    setTimeout(look, 1000);
  }
  setTimeout(look, 1000);
})();
