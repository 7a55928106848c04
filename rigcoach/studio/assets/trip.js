"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const words = JSON.parse(part("trip").dataset.words);
  const number = (id) => (part(id).value === "" ? null : Number(part(id).value));

  studioDoes("lay-out", "plan-told", words.busy, async () => {
    await studioPost("/api/trip", {
      starts: part("starts").value, days: number("days"), per_week: number("per-week"), hours: number("hours"), rig: part("rig").value,
    });
    location.reload();
  });
  studioDoes("print", "print-told", words.busy, async () => {
    const made = await studioPost("/api/trip-print", { serials: part("serials").checked, ring_mm: number("ring"), throw_deg: number("throw") });
    const link = document.createElement("a");
    link.href = made.at;
    link.textContent = words["trip-fetch"];
    return link;
  });
})();
