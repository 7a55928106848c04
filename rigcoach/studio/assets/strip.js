"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const words = JSON.parse(part("film").dataset.words);
  const made = new Map();
  let seen = -1;

  function mark(clip, wanted) {
    studioPost("/api/mark", { id: clip.id, mark: made.get(clip.id).clip.mark === wanted ? null : wanted }).then(show, (error) => { part("told").textContent = error.message; });
  }

  function button(text, press) {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = text;
    element.addEventListener("click", press);
    return element;
  }

  function make(clip) {
    const item = document.createElement("li"), name = document.createElement("p"), told = document.createElement("p"), marks = document.createElement("p");
    item.className = "card";
    item.tabIndex = 0;
    const picture = document.createElement("img");
    picture.src = "/strip/" + clip.id + ".jpg";
    picture.alt = clip.name;
    picture.addEventListener("error", () => { picture.hidden = true; });
    name.className = "name";
    name.textContent = clip.name;
    const pick = button(words.pick, () => mark(clip, "pick")), reject = button(words.reject, () => mark(clip, "reject"));
    const play = button(words.play, () => {
      const video = document.createElement("video");
      video.src = "/strip/" + clip.id + "/clip";
      video.controls = true;
      video.autoplay = true;
      video.setAttribute("aria-label", clip.name);
      picture.replaceWith(video);
      play.disabled = true;
    });
    marks.append(pick, " ", reject, " ", play);
    item.append(picture, name, told, marks);
    item.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "p") mark(clip, "pick");
      else if (key === "x") mark(clip, "reject");
      else if (event.key === "ArrowRight" && item.nextElementSibling) item.nextElementSibling.focus();
      else if (event.key === "ArrowLeft" && item.previousElementSibling) item.previousElementSibling.focus();
      else return;
      event.preventDefault();
    });
    return { item, told, pick, reject, clip };
  }

  function show(strip) {
    seen = strip.version;
    part("folder").textContent = strip.folder;
    const focused = document.activeElement;
    const items = strip.clips.map((clip) => {
      if (!made.has(clip.id)) made.set(clip.id, make(clip));
      const each = made.get(clip.id);
      each.clip = clip;
      each.told.textContent = clip.overall == null ? clip.error : words.score + " " + Math.round(clip.overall) + ", " + words.keepers + " " + clip.keepers + (clip.fault ? ", " + clip.fault : "");
      each.pick.setAttribute("aria-pressed", clip.mark === "pick");
      each.reject.setAttribute("aria-pressed", clip.mark === "reject");
      return each.item;
    });
    const film = part("film");
    // Only moved where the order is another: what is played or focused stays so.
    if (items.length !== film.children.length || items.some((item, i) => film.children[i] !== item)) {
      film.replaceChildren(...items);
      if (focused && film.contains(focused)) focused.focus();
    }
    part("told").textContent = strip.error || (strip.waiting ? words["strip-waiting"] : strip.clips.length ? "" : words["strip-empty"]);
  }

  document.querySelectorAll(".export").forEach((each) => each.addEventListener("click", async () => {
    each.disabled = true;
    try {
      const told = await studioPost("/api/export", { kind: each.value });
      const link = document.createElement("a");
      link.href = told.at;
      link.textContent = told.told;
      part("told").replaceChildren(link);
      link.click();
    } catch (error) {
      part("told").textContent = error.message;
    }
    each.disabled = false;
  }));

  studioLive(async (state) => {
    if (state.strip === seen) return;
    const answer = await fetch("/api/strip");
    if (answer.ok) show(await answer.json());
  }, (gone) => { part("lost").hidden = !gone; });
})();
