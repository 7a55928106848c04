"""A part of the fault matrix; ``bench/fault_matrix.py`` runs all of it and writes docs/camera-faults.md."""

import fault_matrix
import pytest

ROWS = {row.name: row for row in fault_matrix.ROWS}


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("operation", "fault", "is_overcome"),
    [
        ("apply", "busy-for-a-while", True),
        ("apply", "refused", False),
        ("apply", "cable-out", False),
        ("live view", "battery-empty", False),
        ("record", "driver-crash", False),
        ("fetch", "cable-loose", True),
        ("fetch", "driver-crash", True),
        ("fetch", "card-out", False),
        ("restore", "switched-off", False),
    ],
)
def test_a_fault_in_the_middle_keeps_every_promise(operation: str, fault: str, is_overcome: bool) -> None:
    cell = fault_matrix.run(operation, ROWS[fault])
    assert fault_matrix.broken_promises([cell], longest_s=90.0) == []  # however busy the machine is
    assert cell.failed is not is_overcome, cell.told
    if operation == "fetch":
        assert cell.left == (("take.mov",) if is_overcome else ())
