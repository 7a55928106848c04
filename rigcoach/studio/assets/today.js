"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const words = JSON.parse(part("today").dataset.words);

  const does = (id, told, work) => studioDoes(id, told, words.busy, work);

  function row(cells) {
    const line = document.createElement("tr");
    cells.forEach((text, i) => {
      const cell = document.createElement(i ? "td" : "th");
      if (!i) cell.scope = "row";
      cell.textContent = text;
      line.append(cell);
    });
    return line;
  }

  does("start", "start-told", async () => {
    const test = document.querySelector(".test:checked");
    await studioPost("/api/start", {
      drill: test ? test.value : part("drill").value, test: Boolean(test), by_button: part("by-button").checked, guesses: part("guesses").checked,
      warm_up: part("warm-up").checked, way: part("way").value,
    });
    location.href = "/drill";
  });
  // What goes with the way that is chosen, and with it alone.
  function ways() {
    const way = part("way").value;
    part("warm-up").disabled = way !== "tethered";
    for (const id of ["by-button", "guesses"]) part(id).disabled = way === "sheet";
    part("way-told").textContent = words["way-" + way + "-how"];
  }
  part("way").addEventListener("change", ways);
  ways();
  does("look", "camera-told", async () => {
    const told = await studioPost("/api/camera");
    part("findings").replaceChildren(...told.findings.map((finding) => {
      const item = document.createElement("li");
      item.textContent = finding.text + (finding.next_step ? ". " + finding.next_step : "");
      item.className = finding.severity === "problem" ? "no" : "";
      return item;
    }));
    return told.told;
  });
  does("apply", "apply-told", async () => {
    const told = await studioPost("/api/apply", { drill: part("drill").value });
    part("settings").hidden = false;
    part("settings").tBodies[0].replaceChildren(...told.rows.map(row));
    part("hand-title").hidden = false;
    part("by-hand").replaceChildren(...told.by_hand.map((each) => {
      const item = document.createElement("li"), label = document.createElement("label"), box = document.createElement("input");
      box.type = "checkbox";
      label.append(box, " " + each);
      item.append(label);
      return item;
    }));
    return told.told + (told.by_hand.length ? "" : " " + words["by-hand-none"]);
  });
  does("new-code", "qr-told", async () => {
    const told = await studioPost("/api/phone-code");
    // Drawn by this computer out of a text of its own; parsed as an image, so that nothing in it could run.
    const picture = new Image();
    picture.src = "data:image/svg+xml;base64," + told.qr;
    picture.alt = told.code;
    picture.style.width = "15rem";
    part("qr").replaceChildren(picture);
    return told.told;
  });
})();
