"""The page in a real browser, from disk: it runs clean, asks for nothing, and its parts work together."""

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from journal.made_sessions import kept

from rigcoach.journal.index import read_log
from rigcoach.journal.progress import NextDrill
from rigcoach.report.moments import moments
from rigcoach.report.overview_page import overview_clip, overview_page
from rigcoach.report.page import write
from rigcoach.report.session_page import read_session_page
from rigcoach.report.trend_page import trend_page

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with its driver here"),
]

CONTRAST = """
const lum = (c) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
const bad = [];
let read = 0;
for (const el of document.querySelectorAll("body *")) {
  const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !el.checkVisibility() || el.closest("svg, script, style, .skip")) continue;
  let ground = null;
  for (let e = el; e && !ground; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0.99) ground = c;
  }
  const a = lum(rgb(getComputedStyle(el).color)), b = lum(ground);
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  read += 1;
  if (ratio < 4.5) bad.push([el.className || el.tagName, el.textContent.trim().slice(0, 30), ratio]);
}
return [read, bad];
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    home = tmp_path_factory.mktemp("browser")
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={home}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        yield driver
        driver.quit()


@pytest.fixture(scope="module")
def pages(page: Path, reviewed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of the clip, an overview of it, one of a session and one of all sessions."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGCOACH_HOME", str(folder / "home"))
        for day in range(4):
            kept("thirds", (30.0 + day, 60.0), day=30 * day)
            last = kept("hip-3m", (80.0 - day, 50.0, None), day=30 * day + 1)
        write(folder / "session.html", read_session_page(last))
        write(folder / "trend.html", trend_page(read_log(), following=NextDrill("thirds", "not passed yet"), weak=()))
    overview = folder / "overview.html"
    clips = [overview_clip(reviewed.scored, moments(reviewed.scored), page, overview)] * 6
    write(overview, overview_page("a day", clips, ["broken.mov is not a video"]))
    return {
        "clip": page,
        "overview": overview,
        "session": folder / "session.html",
        "trend": folder / "trend.html",
    }


@pytest.fixture(scope="module")
def playing(reviewed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the clip, beside a copy of it."""
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.player import Played, address

    folder = tmp_path_factory.mktemp("playing")
    clip, page = folder / "one take: 50 %.mov", folder / "review.html"
    shutil.copyfile(reviewed.path, clip)
    write(page, clip_page(reviewed.scored, reviewed.profile, played=Played(address(clip, page))))
    return page


def opened(browser: Any, page: Path, width: int = 1440, scheme: str = "light") -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(page.as_uri())


def shown_s(browser: Any) -> float:
    (moment,) = [m for m in browser.find_elements("css selector", ".moment") if m.is_displayed()]
    return float(moment.get_attribute("data-t"))


@pytest.mark.parametrize(("name", "charts"), [("clip", 5), ("overview", 0), ("session", 2), ("trend", 6)])
def test_it_runs_clean_and_asks_for_nothing(browser, pages, name, charts):
    page = pages[name]
    browser.get_log("performance")
    opened(browser, page)
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    urls = {each["request"]["url"] for each in sent if each["documentURL"] == page.as_uri()}
    assert page.as_uri() in urls
    assert all(url == page.as_uri() or url.startswith("data:") for url in urls)
    assert len(browser.find_elements("css selector", ".plot canvas")) == charts


def test_the_policy_lets_no_request_out_even_when_asked(browser, page):
    opened(browser, page)
    browser.set_script_timeout(60)
    refused = browser.execute_async_script(
        "document.addEventListener('securitypolicyviolation', (e) => arguments[0](e.violatedDirective));"
        "fetch('http://127.0.0.1:9/').catch(() => {});"
    )
    assert refused == "connect-src"


def test_a_click_on_a_chart_shows_that_moment(browser, page):
    from selenium.webdriver import ActionChains

    opened(browser, page)
    before = shown_s(browser)
    over = browser.find_element("css selector", "#chart-scores .u-over")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", over)
    ActionChains(browser).move_to_element_with_offset(over, over.size["width"] // 4, 0).click().perform()
    clicked = shown_s(browser)
    assert before == 0.0
    assert clicked == pytest.approx(0.75 * 29 / 29.97, abs=0.15)
    values = browser.find_elements("css selector", "#chart-scores .u-value")
    assert "s" in values[0].text
    assert values[1].text.isdigit()


def test_keyboard_and_advice_choose_moments_too(browser, page):
    from selenium.webdriver.common.keys import Keys

    opened(browser, page)
    scrub = browser.find_element("id", "scrub")
    scrub.send_keys(Keys.END)
    last = shown_s(browser)
    assert last == pytest.approx(29 / 29.97, abs=0.01)
    assert scrub.get_attribute("aria-valuetext") == f"{last:.1f} s"
    button = browser.find_element("css selector", ".advice button")
    button.click()
    assert shown_s(browser) != last


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", ["clip", "overview", "session", "trend"])
def test_it_fits_and_can_be_read(browser, pages, name, width, scheme):
    opened(browser, pages[name], width, scheme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_script("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    read, unreadable = browser.execute_script(CONTRAST)
    assert read > 80
    assert unreadable == []


def test_pointing_at_a_trend_tells_the_session_and_a_click_on_a_drill_hides_it(browser, pages):
    from selenium.webdriver import ActionChains

    opened(browser, pages["trend"])
    over = browser.find_element("css selector", "#chart-overall .u-over")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", over)
    right = over.size["width"] // 2 - 1
    ActionChains(browser).move_to_element_with_offset(over, right, 0).perform()
    date, hip, thirds = (e.text for e in browser.find_elements("css selector", "#chart-overall .u-value"))
    # The last session, a day after the one before it: hip-3m at a mean of 77 and 50.
    assert date.startswith("31 May 2026")
    assert (hip, thirds) == ("64", "–")
    row = browser.find_elements("css selector", "#chart-overall .u-series")[1]
    row.find_element("css selector", "th").click()
    assert "u-off" in row.get_attribute("class")


def test_the_clip_beside_the_page_plays_to_its_first_fault_and_a_chart_seeks_it(browser, playing):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.support.ui import WebDriverWait

    opened(browser, playing)
    assert browser.execute_script("return document.getElementById('clip-video').networkState") == 0  # nothing asked yet
    page = browser.find_element("css selector", "body")
    page.send_keys("n")
    video = "const v = document.getElementById('clip-video');"
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(f"{video} return v.readyState >= 2 && v.videoWidth"))
    assert browser.execute_script(f"{video} return v.videoWidth") == 960
    assert browser.find_element("css selector", ".faults .now")
    over = browser.find_element("css selector", "#chart-blur .u-over")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", over)
    ActionChains(browser).move_to_element_with_offset(over, over.size["width"] // 4, 0).click().perform()
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(f"{video} return !v.seeking"))
    assert browser.execute_script(f"{video} return v.currentTime") == pytest.approx(0.75 * 29 / 29.97, abs=0.1)
    # Whatever was clicked, the picture that it changed is in sight.
    top, bottom, high = browser.execute_script(
        f"{video} const r = v.getBoundingClientRect(); return [r.top, r.bottom, innerHeight]"
    )
    assert 0 <= top < bottom <= high
    box = browser.find_element("css selector", "#over .ink .box")
    assert float(box.get_attribute("width")) > 50
    browser.find_element("id", "scrub").send_keys("k")
    # What is left of the clip may be over before the button can be read.
    browser.execute_script(
        "window.read = []; const button = document.getElementById('play');"
        "new MutationObserver(() => window.read.push(button.textContent)).observe(button, "
        "{characterData: true, childList: true, subtree: true})"
    )
    page.send_keys(" ")
    WebDriverWait(browser, 20).until(lambda b: "Pause" in b.execute_script("return window.read"))


def test_without_its_clip_a_page_shows_stills_and_says_why(browser, playing, tmp_path):
    from selenium.webdriver.support.ui import WebDriverWait

    alone = tmp_path / "alone.html"
    alone.write_bytes(playing.read_bytes())
    opened(browser, alone)
    browser.find_element("id", "on").click()
    WebDriverWait(browser, 20).until(lambda b: b.find_element("id", "no-clip").is_displayed())
    assert shown_s(browser) == pytest.approx(0.0, abs=0.3)
    browser.get_log("browser")  # it tells of the clip that is missing


def test_legends_follow_when_light_turns_dark(browser, pages):
    opened(browser, pages["session"])
    border = "return getComputedStyle(document.querySelectorAll('.u-legend .u-marker')[1]).borderTopColor"
    light = browser.execute_script(border)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    now, line = browser.execute_script(
        f"{border.replace('return', 'const now =')};"
        "const e = document.createElement('i'); e.style.color = 'var(--c4)'; document.body.append(e);"
        "return [now, getComputedStyle(e).color]"
    )
    assert now == line != light


def test_print_holds_the_charts_to_their_last_second(browser, page, tmp_path):
    import base64

    import pypdfium2

    opened(browser, page)
    sheet = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": True}
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", sheet)["data"]))
    with_images = 0
    with pypdfium2.PdfDocument(tmp_path / "page.pdf") as document:
        for sheet_page in document:
            width = sheet_page.get_width()
            for thing in sheet_page.get_objects(max_depth=4):
                if thing.type == 3:  # an image
                    with_images += 1
                    assert thing.get_bounds()[2] <= width
            sheet_page.close()
    assert with_images > 4


def test_a_name_that_is_a_script_does_nothing(browser, page, reviewed):
    opened(browser, page)
    assert reviewed.path.name in browser.find_element("css selector", "header .name").text
    assert browser.execute_script("return document.querySelectorAll('header script').length") == 0
