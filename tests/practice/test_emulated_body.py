"""Which camera is an emulated one, as it is named before it is opened."""

from rigcoach.cli.cameras import at_emulator
from rigcoach.cli.options import CommandOptions


def test_a_body_at_an_address_of_this_computer_that_does_not_answer_is_told_by_its_place():
    assert at_emulator(CommandOptions(camera="ptpip:127.0.0.1:1:1"))
    assert at_emulator(CommandOptions(camera="emulated"))
    assert not at_emulator(CommandOptions(camera="auto"))


def test_a_running_body_is_asked(body):
    assert at_emulator(CommandOptions(camera=body.port_path))
