"""From outside: who has no token, another name, another page's origin or a wrong code gets nothing at all."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from known import known
from served import PHONES_AT, Answer, Served, served

from rigcoach.studio.devices import MOST_FAILURES
from rigcoach.studio.guard import Bucket

PATHS = (
    "/", "/drill", "/phone", "/api/state", "/slate/1.svg", "/assets/drill.js", "/sessions/last/", "/nowhere",
    "/bring-in", "/trip", "/gear", "/trip/packing.pdf", "/progress",
)  # fmt: skip

ANOTHER = "127.0.0.3"
"""An address of this computer that others than `PATHS` are asked from: each may ask only so much."""


@pytest.fixture(autouse=True)
def _room_to_ask() -> None:
    """Each test asks less than the limit lets it; the limit itself is the last test's."""


def phone_code(studio: Served, desk: str) -> str:
    return json.loads(studio.post("/api/phone-code", {}, cookie=desk).body)["code"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cookie", ["", "rigcoach-{port}=", "rigcoach-{port}=guessed", "rigcoach={token}", "\x01;;=,"])
def test_without_a_token_nothing_is_answered(studio, desk, path, cookie):
    sent = cookie.format(port=studio.port, token=desk.partition("=")[2])
    answer = studio.ask("GET", path, cookie=sent) if sent else studio.ask("GET", path)
    assert (answer.status, answer.body) == (401, b"")


@pytest.mark.parametrize("path", PATHS)
def test_under_another_name_nothing_is_answered(studio, desk, path):
    for host in (
        "evil.example",
        f"evil.example:{studio.port}",
        f"127.0.0.1.evil.example:{studio.port}",
        "127.0.0.1",
        "",
    ):
        answer = studio.ask("GET", path, cookie=desk, host=host)
        assert (answer.status, answer.body) == (421, b""), host
    assert studio.ask("GET", "/pair", host="evil.example").status == 421


def test_under_another_spelling_of_its_name_nothing_is_answered(studio, desk):
    for host in (
        f"127.0.0.1.:{studio.port}",
        f"localhost.:{studio.port}",
        f"[::1]:{studio.port}",
        f"[::ffff:127.0.0.1]:{studio.port}",
        f"2130706433:{studio.port}",
        f"127.0.0.1:0{studio.port}",
        f"evil@127.0.0.1:{studio.port}",
        f"127.0.0.1:{studio.port}, evil.example",
    ):
        answer = studio.ask("GET", "/api/state", cookie=desk, host=host, of=ANOTHER)
        assert (answer.status, answer.body) == (421, b""), host


def test_another_page_can_change_nothing(studio, desk):
    own = {"origin": studio.origin(), "x_rigcoach": "1", "content_type": "application/json", "cookie": desk}
    assert studio.ask("POST", "/api/stop", body={}, **own).status == 200
    for change in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://127.0.0.1:{studio.port + 1}"},
        {"origin": f"https://127.0.0.1:{studio.port}"},
        {"origin": f"http://127.0.0.1:{studio.port}/"},
        {"origin": f"http://localhost.:{studio.port}"},
        {"origin": studio.origin(PHONES_AT)},
        {"x_rigcoach": "0"},
        {"sec_fetch_site": "cross-site"},
    ):
        answer = studio.ask("POST", "/api/stop", body={}, **(own | change))
        assert (answer.status, answer.body) == (403, b""), change
    for missing in ("origin", "x_rigcoach"):
        without = {name: value for name, value in own.items() if name != missing}
        assert studio.ask("POST", "/api/stop", body={}, **without).status == 403
    form = own | {"content_type": "application/x-www-form-urlencoded"}
    assert studio.ask("POST", "/api/start", body={}, **form).status == 415
    assert studio.ask("GET", "/api/stop", cookie=desk).status == 405


def test_no_other_page_hears_of_the_drill(studio, desk):
    handshake = {
        "connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13",
        "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    for other in ({"cookie": desk}, {"cookie": desk, "origin": "http://evil.example"}, {"origin": studio.origin()}):
        assert studio.ask("GET", "/live", **handshake, **other).status == 403
    for origin in ("null", studio.origin(PHONES_AT), f"http://[::1]:{studio.port}", f"{studio.origin()}.evil.example"):
        assert studio.ask("GET", "/live", **handshake, cookie=desk, origin=origin, of=ANOTHER).status == 403, origin
    assert studio.ask("GET", "/live", **handshake, cookie=desk, origin=studio.origin()).status == 101


def test_no_path_leads_out_of_what_there_is(studio, desk):
    secret = studio.home / "studio" / "devices.json"
    secret.parent.mkdir(parents=True, exist_ok=True)
    if not secret.exists():
        secret.write_text('{"devices": []}')
    for path in (
        "/assets/../guard.py", "/assets/..%2fguard.py", "/assets/%2e%2e/guard.py", "/assets//etc/passwd", "/etc/passwd",
        "/sessions/../studio/devices.json", "/sessions/..%2fstudio/devices.json", "/sessions/%2e%2e/studio/",
        "/sessions/..%2f..%2fhome%2fstudio/devices.json", "//etc/passwd", "/sessions/%00/x", "/assets/", "/sessions/",
        "/slate/100.svg", "/slate/0.svg", "/slate/-1.svg", "/assets/studio.css%00.js", "/\\..\\..\\etc\\passwd",
        "/assets/%252e%252e/guard.py", "/assets/..%252f..%252fguard.py", "/sessions/%252e%252e%252fstudio/devices.json",
        "/sessions/..%c0%af..%c0%afstudio/devices.json", "/sessions/%2e%2e%5cstudio/x", "/strip/..%2f..%2fx.jpg",
        "/gear/hip-video/..%2f..%2fx.pdf", "/%2e%2e/%2e%2e/etc/passwd", "/progress/card.html%00.png",
    ):  # fmt: skip
        answer = studio.ask("GET", path, cookie=desk, of=ANOTHER)
        assert answer.status in (404, 400, 307), (path, answer.status)
        assert b"root:" not in answer.body
        assert b"sha256" not in answer.body
        assert b"import " not in answer.body


def test_a_phone_may_press_the_button_and_see_nothing_else(studio, desk):
    phone = studio.pair(phone_code(studio, desk), at=PHONES_AT)
    assert studio.ask("GET", "/phone", at=PHONES_AT, cookie=phone).status == 200
    assert studio.post("/api/go", {}, at=PHONES_AT, cookie=phone).status == 200
    for path in ("/", "/drill", "/sessions/last/", "/assets/drill.js", "/bring-in", "/trip", "/gear", "/trip/trip.ics"):
        answer = studio.ask("GET", path, at=PHONES_AT, cookie=phone)
        assert (answer.status, answer.body) == (403, b"")
    writes = ("phone-code", "start", "apply", "camera", "bring-in", "trip", "trip-print")
    for path in (f"/api/{name}" for name in writes):
        assert studio.post(path, {}, at=PHONES_AT, cookie=phone).status == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/bring-in", {"session": "../studio", "folder": "/etc"}),
        ("/api/bring-in", {"session": "none", "folder": "/etc", "chosen": {}}),
        ("/api/bring-in", {"session": 1, "folder": ""}),
        ("/api/start", {"drill": "still-2m", "way": "by-magic"}),
        ("/api/trip", {"starts": "x" * 30}),
    ],
)
def test_what_no_page_says_is_not_understood(studio, desk, path, body):
    assert studio.post(path, body, cookie=desk).status == 400


@pytest.mark.parametrize("days", [0, 1e9, True, "4", None])
def test_a_trip_of_no_days_is_refused_in_words(studio, desk, days):
    said = {"starts": "2099-01-01", "days": days, "per_week": 3, "hours": 2, "rig": "hip-video"}
    answer = studio.post("/api/trip", said, cookie=desk)
    assert answer.status == 409
    assert "days must be from 1 to 365" in json.loads(answer.body)["text"]


def test_a_phone_that_is_revoked_is_out_at_once(studio, desk, monkeypatch):
    from click.testing import CliRunner

    from rigcoach.cli.main import main

    monkeypatch.setenv("RIGCOACH_HOME", str(studio.home))
    phone = studio.pair(phone_code(studio, desk), at=PHONES_AT)
    assert studio.ask("GET", "/phone", at=PHONES_AT, cookie=phone).status == 200
    listed = json.loads(CliRunner().invoke(main, ["studio", "devices", "--json"]).stdout)["devices"]
    assert phone.partition("=")[2] not in (studio.home / "studio" / "devices.json").read_text()
    result = CliRunner().invoke(main, ["studio", "devices", "--revoke", listed[-1]["id"]])
    assert result.exit_code == 0, result.stderr
    assert studio.ask("GET", "/phone", at=PHONES_AT, cookie=phone).status == 401


def test_a_phone_that_is_revoked_hears_no_more_of_the_drill(studio, desk):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    phone = studio.pair(phone_code(studio, desk), at=PHONES_AT)
    paired = studio.home / "studio" / "devices.json"
    origin = studio.origin(PHONES_AT)
    headers = {"cookie": phone}
    with connect(f"{origin.replace('http', 'ws')}/live", origin=origin, additional_headers=headers) as live:
        assert json.loads(live.recv(timeout=60))["over"]
        paired.write_text(json.dumps(json.loads(paired.read_text()) | {"devices": []}))
        studio.post("/api/start", {"drill": "still-2m", "way": "sheet"}, cookie=desk)
        heard: list[str] = []
        with pytest.raises(ConnectionClosed) as closed:
            heard.extend(json.loads(str(message))["phase"] for message in iter(lambda: live.recv(timeout=60), None))
    assert known(closed.value.rcvd).code == 1008
    assert heard == []


def test_a_code_holds_once(studio, desk):
    code = phone_code(studio, desk)
    studio.pair(code, at=PHONES_AT)
    assert studio.post("/api/pair", {"code": code, "name": "again"}, at=PHONES_AT).status in (403, 429)
    # The link of this computer neither: it was used by `desk`.
    assert studio.post("/api/pair", {"code": studio.code, "name": "again"}).status in (403, 429)


def test_every_answer_forbids_what_a_page_need_not_do(studio, desk):
    for path in ("/pair", "/", "/api/state", "/assets/studio.css"):
        headers = studio.ask("GET", path, cookie=desk).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
    cookie = studio.post("/api/pair", {"code": phone_code(studio, desk), "name": "x"}, at=PHONES_AT).headers
    if "set-cookie" in cookie:
        assert "httponly" in cookie["set-cookie"].lower()
        assert "samesite=strict" in cookie["set-cookie"].lower()


def test_a_thousand_wrong_codes_pair_nobody_and_void_the_true_one(studio, desk):
    code = phone_code(studio, desk)

    def guess(number: int) -> Answer:
        return studio.post("/api/pair", {"code": f"WRONG{number:05}", "name": "x"}, at=PHONES_AT)

    # Over several connections at once, too.
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(1000)))
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert {answer.status for answer in answers} <= {403, 429}
    assert sum(answer.status == 429 for answer in answers) > 900
    assert studio.post("/api/pair", {"code": code, "name": "x"}, at=PHONES_AT).status in (403, 429)


def test_a_code_is_void_after_its_failures_and_after_its_time():
    from rigcoach.studio.devices import PairingCode, Role

    code = PairingCode(Role.PHONE)
    true = code.new()
    assert not any(code.use(f"WRONG{n}") for n in range(MOST_FAILURES - 1))
    assert code.use(true)
    true = code.new()
    assert not any(code.use(f"WRONG{n}") for n in range(MOST_FAILURES))
    assert not code.use(true)


def test_so_many_requests_at_once_and_so_many_a_second():
    bucket = Bucket(per_s=2.0, burst=5.0)
    assert [bucket.take("a", 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert bucket.take("b", 0.0)  # another's is its own
    assert [bucket.take("a", 1.0) for _ in range(3)] == [True, True, False]


@pytest.mark.slow
def test_over_tls_only_its_own_certificate_speaks_and_tokens_go_nowhere_else(tmp_path):
    import ssl
    import urllib.request

    home = tmp_path / "home"
    with served(home, "--tls", "--phone", "--address", PHONES_AT) as studio:
        certificate = home / "studio" / "certificate.pem"
        trusting = ssl.create_default_context(cafile=str(certificate))
        for address in ("127.0.0.1", PHONES_AT):
            with urllib.request.urlopen(f"https://{address}:{studio.port}/pair", context=trusting) as answer:
                assert answer.status == 200
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"https://127.0.0.1:{studio.port}/pair")
        origin = f"https://127.0.0.1:{studio.port}"
        asked = urllib.request.Request(  # noqa: S310
            f"{origin}/api/pair",
            json.dumps({"code": studio.code, "name": "x"}).encode(),
            {"origin": origin, "x-rigcoach": "1", "content-type": "application/json"},
        )
        with urllib.request.urlopen(asked, context=trusting) as answer:  # noqa: S310
            assert "; secure" in answer.headers["set-cookie"].lower()
        assert oct((home / "studio" / "certificate-key.pem").stat().st_mode)[-3:] == "600"
