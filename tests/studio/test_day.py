"""A day on the emulated camera, in two browsers: the computer's page, and a phone that presses the button."""

import json
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import write_video
from pypdfium2 import PdfDocument
from report.test_browser import CONTRAST
from served import PHONES_AT, Served, served

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
SHOTS = os.environ.get("RIGCOACH_SHOTS")
"""A folder for pictures of the pages, for who wants to look at them."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with its driver here"),
]

DRILL = "seconds = 1.0\ntakes = 3\npause_s = 0\nfeedback = 'every'\n"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("day") / "home"
    (home / "drills").mkdir(parents=True)
    (home / "drills" / "short.toml").write_text(DRILL)
    (home / "drills" / "long.toml").write_text("seconds = 300.0\ntakes = 3\npause_s = 0\n")
    (home / "drills" / "steady.toml").write_text("seconds = 3.0\ntakes = 1\npause_s = 0\n")
    (home / "card").mkdir()
    options = ("--phone", "--address", PHONES_AT, "--watch", str(home / "card"))
    with served(home, *options, camera="emulated") as running:
        yield running


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    started = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for width, scheme in ((1440, "light"), (390, "dark")):
            options = webdriver.ChromeOptions()
            options.binary_location = CHROMIUM or ""
            for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--lang=en"):
                options.add_argument(flag)
            options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('browser')}")
            options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
            driver = webdriver.Chrome(options=options, service=Service(DRIVER))
            looks(driver, width, scheme)
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_PHASES})
            started.append(driver)
        yield started[0], started[1]
        for driver in started:
            driver.quit()


def looks(browser: Any, width: int, scheme: str) -> None:
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def shot(browser: Any, name: str) -> None:
    if SHOTS:
        browser.save_screenshot(str(Path(SHOTS) / f"{name}.png"))


def until(happened: Callable[[], Any], seconds: float = 300.0) -> Any:
    """Wait for something and return it; a page that is being drawn anew is looked at again."""
    from selenium.common.exceptions import StaleElementReferenceException

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := happened():
                return found
        except StaleElementReferenceException:
            pass
        time.sleep(0.25)  # to look costs a browser much
    pytest.fail("it did not come to that")


def text(browser: Any, name: str) -> str:
    return str(browser.find_element("id", name).text)


# Each page notes every phase that it tells, however short.
NOTE_PHASES = """
document.addEventListener('DOMContentLoaded', () => {
  const phase = document.getElementById('phase');
  if (!phase) return;
  window.phases = [phase.textContent];
  new MutationObserver(() => window.phases.push(phase.textContent))
    .observe(phase, {childList: true, characterData: true, subtree: true});
});
"""


def has_told(browser: Any, phase: str, times: int) -> bool:
    """Whether the page has told a phase so many times."""
    phases = browser.execute_script("return window.phases || []")
    return sum(phase in now and phase not in before for before, now in pairwise(["", *phases])) >= times


def button(phone: Any) -> str:
    """What the huge button says, where it can be pressed."""
    huge = phone.find_element("id", "huge")
    return str(huge.text) if huge.is_enabled() else ""


def guess(phone: Any, *edges: str) -> None:
    until(lambda: phone.find_element("id", "guess").is_displayed())
    for edge in edges:
        phone.find_element("css selector", f"#guess .{edge}").click()


def fits_and_is_named(browser: Any, name: str) -> None:
    """Nothing is cut off, at a phone's and a desk's width, in light and dark, and every control has a name."""
    for width in (390, 1440):
        for scheme in ("light", "dark"):
            looks(browser, width, scheme)
            shot(browser, f"{name}-{width}-{scheme}")
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, (name, width)
            read, unreadable = browser.execute_script(CONTRAST)
            assert read > 10
            assert unreadable == []
    unnamed = browser.execute_script(
        "const named = (e) => (e.labels && e.labels.length) || e.getAttribute('aria-label') || e.alt"
        " || e.textContent.trim();"
        "return [...document.querySelectorAll('button, input, select, a, img, video')]"
        ".filter((e) => e.checkVisibility() && !named(e)).map((e) => e.outerHTML)"
    )
    assert unnamed == []


def test_a_whole_day(day: Served, browsers: tuple[Any, Any]) -> None:
    desk, phone = browsers
    desk.get(day.link)
    until(lambda: desk.find_elements("id", "today"))
    assert day.code not in desk.current_url
    desk.find_element("id", "look").click()
    until(lambda: "is ready" in text(desk, "camera-told"))
    desk.find_element("id", "apply").click()
    until(lambda: "read back" in text(desk, "apply-told"))
    rows = [row.text for row in desk.find_elements("css selector", "#settings tbody tr")]
    assert any(row.startswith("iso 400 400") for row in rows)
    assert desk.find_elements("css selector", "#by-hand input[type=checkbox]")
    desk.find_element("id", "new-code").click()
    told = until(lambda: text(desk, "qr-told") if desk.find_elements("css selector", "#qr img") else "")
    fits_and_is_named(desk, "today")
    code = told.partition("type ")[2].partition(".")[0]

    phone.get(f"{day.origin(PHONES_AT)}/pair#{code}")
    until(lambda: phone.find_elements("id", "huge"))
    assert button(phone) == ""
    desk.execute_script("document.getElementById('drill').value = 'short'")
    desk.find_element("id", "warm-up").click()
    desk.find_element("id", "start").click()
    until(lambda: "/drill" in desk.current_url)

    until(lambda: button(phone) == "Go")
    shot(phone, "phone-ready")
    phone.find_element("id", "show-slate").click()
    assert until(lambda: phone.execute_script("return document.getElementById('marker').naturalWidth"))
    shot(phone, "phone-slate")
    phone.find_element("id", "close-slate").click()
    phone.find_element("id", "huge").click()
    until(lambda: has_told(desk, "Recording", 1))
    assert not phone.find_elements("css selector", "video, main img:not(#marker)")  # a blind take stays blind
    guess(phone, "left", "there", "right")
    until(lambda: button(phone) == "Go")
    # The result comes while the next take waits for its button, and is written once.
    until(lambda: "scored" in desk.find_element("css selector", "#takes tr").text)
    until(lambda: "%" in desk.find_element("css selector", "#takes tr").text)
    assert button(phone) == "Go"
    said = desk.execute_script("return [...document.querySelectorAll('#log li')].map((line) => line.textContent)")
    assert len([line for line in said if line.startswith("Take 1:") and "keepers" in line]) == 1
    # A page that is reloaded, and a phone whose network goes, find the drill as it is.
    phone.refresh()
    until(lambda: button(phone) == "Go")
    phone.execute_cdp_cmd("Network.enable", {})
    nothing = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    phone.execute_cdp_cmd("Network.emulateNetworkConditions", nothing)
    desk.find_element("id", "go").click()
    until(lambda: has_told(desk, "Recording", 2))
    phone.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        nothing | {"offline": False, **dict.fromkeys(("downloadThroughput", "uploadThroughput"), -1)},
    )
    guess(phone, "there", "up", "left")
    until(lambda: button(phone) == "Go")
    phone.find_element("id", "huge").click()
    guess(phone, "there", "there", "right")
    until(lambda: "over" in text(desk, "phase"))
    assert text(desk, "error") == ""
    fits_and_is_named(desk, "drill")
    assert len(desk.find_elements("css selector", "#takes tr")) == 3

    desk.find_element("css selector", "#session a").click()
    until(lambda: desk.find_elements("css selector", ".cards a"))
    session = next((day.home / "sessions").glob("*/session.json"))
    takes = json.loads(session.read_text())["takes"]
    assert [take["state"] for take in takes] == ["scored"] * 3
    assert [take["guess"]["sideways"] for take in takes] == [-1, 0, 0]
    assert [take["guess"]["distance"] for take in takes] == [0, 1, 0]
    assert [take["guess"]["sharp"] for take in takes] == [True, False, True]
    desk.find_element("css selector", ".cards a").click()
    until(lambda: desk.find_elements("id", "viewer"))
    desk.find_element("css selector", "body").send_keys("n")
    video = "const v = document.getElementById('clip-video');"
    until(lambda: desk.execute_script(f"{video} return v.readyState >= 2 && v.videoWidth"))
    looks(desk, 1440, "light")
    shot(desk, "take")

    # The day's clips, as a card would bring them: scored, marked by a key, and the picked one's keepers exported.
    shutil.copyfile(session.parent / "take-01.mov", day.home / "card" / "first.mov")
    desk.get(day.origin() + "/strip")
    item = until(lambda: desk.find_elements("css selector", "#film li"))[0]
    item.send_keys("p")
    until(lambda: item.find_elements("css selector", "[aria-pressed=true]"))
    fits_and_is_named(desk, "strip")
    desk.find_element("css selector", ".export[value=edl]").click()
    assert until(lambda: desk.find_elements("css selector", "#told a"))
    (exported,) = (day.home / "watch").glob("*/exports/card.edl")
    assert "first.mov" in exported.read_text()
    severe = [each["message"] for each in desk.get_log("browser") if each["level"] == "SEVERE"]
    assert severe == []


def test_a_stop_from_the_phone_leaves_the_session_whole(day: Served, browsers: tuple[Any, Any]) -> None:
    desk, phone = browsers
    known = set((day.home / "sessions").iterdir())
    desk.get(day.origin() + "/")
    desk.execute_script("document.getElementById('drill').value = 'long'")
    desk.find_element("id", "warm-up").click()
    desk.find_element("id", "start").click()
    until(lambda: button(phone) == "Go")
    phone.find_element("id", "huge").click()
    until(lambda: "Recording" in text(desk, "phase"))
    until(lambda: button(phone) == "Stop")
    phone.find_element("id", "huge").click()
    until(lambda: "Stopped" in text(desk, "phase"))
    (folder,) = set((day.home / "sessions").iterdir()) - known
    assert json.loads((folder / "session.json").read_text())["state"] == "stopped"
    # The camera was let go of in order: it can be looked at at once.
    desk.get(day.origin() + "/")
    desk.find_element("id", "look").click()
    until(lambda: "is ready" in text(desk, "camera-told"))


def test_a_drill_off_the_cable_is_guessed_by_keys_and_its_clips_are_brought_in(
    day: Served, browsers: tuple[Any, Any], tmp_path: Path
) -> None:
    desk, _ = browsers
    looks(desk, 1440, "light")
    known = set((day.home / "sessions").glob("*"))
    desk.get(day.origin() + "/")
    desk.execute_script("document.getElementById('drill').value = 'short'")
    desk.find_element("css selector", "#way [value=by-hand]").click()
    assert not desk.find_element("id", "warm-up").is_enabled()
    desk.find_element("id", "by-button").click()
    desk.find_element("id", "start").click()
    until(lambda: "/drill" in desk.current_url)
    for keys in ("ln", "b", ""):
        until(lambda: desk.find_element("id", "guess").is_displayed())
        shot(desk, "guess-1440-light")
        desk.switch_to.active_element.send_keys(keys + "\n")
        until(lambda: not desk.find_element("id", "guess").is_displayed())
    until(lambda: "still on the card" in text(desk, "phase"))
    (folder,) = set((day.home / "sessions").glob("*")) - known
    takes = json.loads((folder / "session.json").read_text())["takes"]
    assert [(take["guess"]["sideways"], take["guess"]["distance"], take["guess"]["sharp"]) for take in takes] == [
        (-1, -1, True),
        (0, 0, False),
        (0, 0, True),
    ]
    card = tmp_path / "DCIM" / "100EOS5D"
    card.mkdir(parents=True)
    for number, take in enumerate(takes):
        clip = write_video(card / f"MVI_000{number}.MOV", [np.full((240, 320), 60 + number, np.uint8)] * 25)
        ended_at = datetime.fromisoformat(take["started_at"]).timestamp() + 1.0
        os.utime(clip, (ended_at, ended_at))

    desk.find_element("link text", "Import the clips").click()
    until(lambda: desk.find_elements("id", "bring-in"))
    card_of = f"[data-session='{folder.name}'] "
    fits_and_is_named(desk, "bring-in")
    desk.find_element("css selector", card_of + ".folder").send_keys(str(tmp_path / "nowhere"))
    desk.find_element("css selector", card_of + ".from-folder").click()
    until(lambda: "is not a folder" in desk.find_element("css selector", card_of + ".told").text)
    desk.find_element("css selector", card_of + ".folder").clear()
    desk.find_element("css selector", card_of + ".folder").send_keys(f"{tmp_path}\n")
    until(lambda: "/drill" in desk.current_url)
    until(lambda: "The drill is over" in text(desk, "phase"))
    takes = json.loads((folder / "session.json").read_text())["takes"]
    assert [(take["state"], take["matched_by"]) for take in takes] == [("scored", "time")] * 3
    assert folder.name in desk.find_element("css selector", "#session a").get_attribute("href")


def test_a_trip_is_planned_and_printed_and_gear_is_looked_up(day: Served, browsers: tuple[Any, Any]) -> None:
    desk, _ = browsers
    looks(desk, 1440, "light")
    desk.get(day.origin() + "/trip")
    desk.execute_script("document.getElementById('starts').value = arguments[0]", f"{date.today() + timedelta(60)}")
    desk.find_element("id", "lay-out").click()
    until(lambda: desk.find_elements("id", "print"))
    assert "Not ready yet" in desk.find_element("css selector", ".big").text
    fits_and_is_named(desk, "trip")
    for field, value in (("ring", "60"), ("throw", "170")):
        desk.find_element("id", field).send_keys(value)
    desk.find_element("id", "serials").click()
    desk.find_element("id", "print").click()
    at = until(lambda: desk.find_elements("css selector", "#print-told a"))[0].get_attribute("href")
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in desk.get_cookies())
    pages = PdfDocument(day.ask("GET", at.removeprefix(day.origin()), cookie=cookie).body)
    words = [page.get_textpage().get_text_range() for page in pages]
    pages.close()
    assert "serial number 0" in words[0]
    assert "ring 60 mm in diameter" in words[4]
    assert day.ask("GET", "/trip/trip.ics", cookie=cookie).body.count(b"BEGIN:VEVENT") > 5
    desk.get(day.origin() + "/")
    assert "By the plan of your trip" in desk.find_element("id", "today").text
    # Practice over time, and the week's card, by the sessions of this day.
    desk.find_element("link text", "Progress").click()
    until(lambda: "Practice over time" in desk.title)
    fits_and_is_named(desk, "progress")
    assert day.ask("GET", "/progress/card.png", cookie=cookie).body[:8] == b"\x89PNG\r\n\x1a\n"
    assert b"Not counted" not in day.ask("GET", "/progress/card.html", cookie=cookie).body
    assert day.ask("GET", "/progress/card.svg", cookie=cookie).status == 404
    desk.find_element("partial link text", "Today").click()
    until(lambda: desk.find_elements("id", "today"))

    desk.get(day.origin() + "/gear?rig=hip-video")
    desk.find_element("id", "body").send_keys("5d mark ii")
    desk.find_element("id", "lens").send_keys("nikon-ai-s-28mm-f2.8\n")
    until(lambda: "It fits" in desk.find_element("id", "gear").text or "warn" in desk.page_source)
    fits_and_is_named(desk, "gear")
    for sheet in ("target", "gear", "pocket", "aim", "scale"):
        options = "?diameter=60&throw=170" if sheet == "scale" else ""
        answer = day.ask("GET", f"/gear/hip-video/{sheet}.pdf{options}", cookie=cookie)
        assert (answer.status, answer.body[:5]) == (200, b"%PDF-"), sheet
    for wrong in ("/gear/hip-video/other.pdf", "/gear/..%2fhip-video/aim.pdf", "/gear/none/aim.pdf"):
        assert day.ask("GET", wrong, cookie=cookie).status == 404


def test_a_warm_up_is_coached_on_the_page(day: Served, browsers: tuple[Any, Any]) -> None:
    desk, _ = browsers
    known = set((day.home / "sessions").glob("*"))
    desk.get(day.origin() + "/")
    desk.execute_script("document.getElementById('drill').value = 'steady'")
    desk.find_element("id", "start").click()
    until(lambda: "/drill" in desk.current_url)
    until(lambda: has_told(desk, "Warm-up: follow", 1))
    shot(desk, "warm-up-1440-light")
    until(lambda: desk.find_element("id", "go").is_enabled())
    desk.find_element("id", "stop").click()
    until(lambda: "Stopped" in text(desk, "phase"))
    (folder,) = set((day.home / "sessions").glob("*")) - known
    assert len(json.loads((folder / "session.json").read_text())["warm_up"]) == 1
