"use strict";
// What is looked at stands in the address: it can be gone back to.
(() => {
  const part = (id) => document.getElementById(id);

  function show(names) {
    const asked = new URLSearchParams(location.search);
    for (const name of names) if (part(name).value.trim()) asked.set(name, part(name).value.trim()); else asked.delete(name);
    location.search = asked;
  }

  function onEnter(ids, button) {
    button.addEventListener("click", () => show(ids));
    for (const id of ids) part(id).addEventListener("keydown", (event) => { if (event.key === "Enter") button.click(); });
  }

  part("rig").addEventListener("change", () => show(["rig"]));
  onEnter(["body", "lens", "adapter"], part("check"));
  onEnter(["words"], part("search"));
  const scale = part("scale");
  if (scale) {
    scale.addEventListener("click", () => {
      const ring = part("ring"), turn = part("throw");
      for (const field of [ring, turn]) if (!field.value || !field.checkValidity()) { field.reportValidity(); field.focus(); return; }
      location.href = scale.dataset.at + "?" + new URLSearchParams({ diameter: ring.value, throw: turn.value });
    });
  }
})();
