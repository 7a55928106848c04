"""A day on the emulated camera, in two browsers: the computer's page, and a phone that presses the button."""

import json
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
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


def until(happened: Callable[[], Any], seconds: float = 150.0) -> Any:
    """Wait for something and return it; a page that is being drawn anew is looked at again."""
    from selenium.common.exceptions import StaleElementReferenceException

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := happened():
                return found
        except StaleElementReferenceException:
            pass
        time.sleep(0.1)
    pytest.fail("it did not come to that")


def text(browser: Any, name: str) -> str:
    return str(browser.find_element("id", name).text)


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
    desk.find_element("id", "start").click()
    until(lambda: "/drill" in desk.current_url)

    until(lambda: button(phone) == "Go")
    shot(phone, "phone-ready")
    phone.find_element("id", "show-slate").click()
    assert until(lambda: phone.execute_script("return document.getElementById('marker').naturalWidth"))
    shot(phone, "phone-slate")
    phone.find_element("id", "close-slate").click()
    phone.find_element("id", "huge").click()
    until(lambda: "Recording" in text(desk, "phase"))
    assert not phone.find_elements("css selector", "video, main img:not(#marker)")  # a blind take stays blind
    guess(phone, "left", "there", "right")
    until(lambda: button(phone) == "Go")
    # A page that is reloaded, and a phone whose network goes, find the drill as it is.
    phone.refresh()
    until(lambda: button(phone) == "Go")
    phone.execute_cdp_cmd("Network.enable", {})
    nothing = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    phone.execute_cdp_cmd("Network.emulateNetworkConditions", nothing)
    desk.find_element("id", "go").click()
    until(lambda: "Recording" in text(desk, "phase"))
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
    desk.execute_script("document.getElementById('drill').value = 'short'")
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
