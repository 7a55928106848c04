"use strict";
(() => {
  const words = JSON.parse(document.getElementById("bring-in").dataset.words);

  document.querySelectorAll(".session").forEach((card) => {
    const told = card.querySelector(".told");

    async function begin(button, folder) {
      if (folder === "") { told.className = "told no"; card.querySelector(".folder").focus(); return; }
      const chosen = {}, lost = card.querySelector(".give-up");
      card.querySelectorAll(".chosen").forEach((each) => { if (each.value) chosen[each.dataset.take] = each.value; });
      button.disabled = true;
      told.textContent = words.busy;
      told.className = "told";
      try {
        await studioPost("/api/bring-in", {
          session: card.dataset.session, folder: folder || "", chosen,
          guesses: card.querySelector(".guesses").checked, give_up: Boolean(lost && lost.checked),
        });
        location.href = "/drill";
      } catch (error) {
        told.textContent = error.message;
        told.className = "told no";
      }
      button.disabled = false;
    }

    const fromFolder = card.querySelector(".from-folder"), fromCamera = card.querySelector(".from-camera");
    fromFolder.addEventListener("click", () => begin(fromFolder, card.querySelector(".folder").value.trim()));
    fromCamera.addEventListener("click", () => begin(fromCamera, null));
    card.querySelector(".folder").addEventListener("keydown", (event) => { if (event.key === "Enter") fromFolder.click(); });
  });
})();
