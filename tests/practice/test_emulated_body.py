"""Which camera is an emulated one, as it is named before it is opened."""

import pytest
from journal.made_sessions import kept

from rigcoach.cli.cameras import at_emulator
from rigcoach.cli.drill_run import print_next
from rigcoach.cli.options import CommandOptions
from rigcoach.journal import folder
from rigcoach.practice.open_session import OpenSession


def test_a_body_at_an_address_of_this_computer_that_does_not_answer_is_told_by_its_place():
    assert at_emulator(CommandOptions(camera="ptpip:127.0.0.1:1:1"))
    assert at_emulator(CommandOptions(camera="emulated"))
    assert not at_emulator(CommandOptions(camera="auto"))


def test_a_running_body_is_asked(body):
    assert at_emulator(CommandOptions(camera=body.port_path))


@pytest.mark.usefixtures("home")
def test_practice_on_the_emulator_leads_on_there_and_nowhere_else(capsys: pytest.CaptureFixture[str]):
    for day in range(3):
        last = kept("still-2m", (90.0,) * 5, day=day, emulated=True, counts=False, not_counted=("emulated",))
    print_next(CommandOptions(), OpenSession(last, folder.read(last)))
    assert "Rehearse next: hip-3m (still-2m was passed 3 times in a row)" in capsys.readouterr().err
    real = kept("still-2m", (90.0,) * 5, day=9)
    print_next(CommandOptions(), OpenSession(real, folder.read(real)))
    assert capsys.readouterr().err == ""  # passed once, so it goes on with this drill
