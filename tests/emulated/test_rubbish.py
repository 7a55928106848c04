"""Ten thousand packets that no computer would send: the bodies answer or hang up, and never fall over."""

import random
import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from emulated.reel import Reel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rigcoach.emulated.body import Body
from rigcoach.emulated.card import Card
from rigcoach.emulated.eos import eos5d2
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.eos.eos_properties import PropertyCode
from rigcoach.emulated.nikon import nikon_d750
from rigcoach.emulated.nikon.nikon_body import NikonBody
from rigcoach.emulated.nikon.nikon_model import Code
from rigcoach.emulated.ptp import wire
from rigcoach.emulated.ptp.faults import FaultyBody
from rigcoach.emulated.ptp.operations import Operation, OperationCode, ResponseCode
from rigcoach.emulated.shooting import Clocks

TAKEN = datetime(2008, 11, 22, 12, 0)
PACKETS_A_BODY = 5000


def eos(folder: Path, seconds: Callable[[], float]) -> Body:
    model = eos5d2.model(eos5d2.LENSES["adapted"])
    return EosBody(model, Card(TAKEN), Reel(folder), clocks=Clocks(seconds, lambda: TAKEN))


def nikon(folder: Path, seconds: Callable[[], float]) -> Body:
    model = nikon_d750.model(nikon_d750.LENSES["af-s-24-85mm"])
    card = Card(TAKEN, nikon_d750.CARD)
    return NikonBody(model, card, Reel(folder), clocks=Clocks(seconds, lambda: TAKEN))


BODIES = {"eos": eos, "nikon": nikon}
NUMBERS = [*OperationCode, *PropertyCode, *Code, 0, 1, 2, 4, 0x00010001, 0x91900000, 0x91910001, 0xFFFFFFFF]


def packets(chance: random.Random) -> bytes:
    """Return an operation that makes some sense, as a computer would send it, with a few bytes changed."""
    numbers = [chance.choice(NUMBERS) for _ in range(chance.randrange(6))]
    code, data = chance.choice(list(OperationCode)), b""
    with_data = chance.random() < 0.5
    request = wire.encode(wire.OperationRequest(code, 7, tuple(numbers), data_follows=with_data))
    if with_data:
        data = b"".join(struct.pack("<I", chance.choice(NUMBERS)) for _ in range(chance.randrange(8)))
        data = data[: len(data) - chance.randrange(4)]
        request += wire.encode(wire.StartData(7, len(data))) + wire.encode(wire.EndData(7, data))
    changed = bytearray(request)
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("make", BODIES.values(), ids=BODIES.keys())
def test_thousands_of_spoilt_packets_are_answered_or_end_the_connection(
    make: Callable[[Path, Callable[[], float]], Body], tmp_path: Path
) -> None:
    chance = random.Random(20081122)  # noqa: S311 - packets, not secrets
    clock = [0.0]
    body = FaultyBody(make(tmp_path, lambda: clock[0]))
    answered, ended = 0, 0
    for _ in range(PACKETS_A_BODY):
        clock[0] += 0.05
        try:
            # Each on a line of its own: after a spoilt length the rest would only be waited for.
            requests = wire.Connection().receive(packets(chance))
        except wire.WireError:
            ended += 1
            body.hang_up()
            body.deliver(Operation(OperationCode.OPEN_SESSION, 1, (1,)))
            continue
        for request in requests:
            if isinstance(request, Operation):
                response = body.deliver(request).response
                assert response is not None
                assert response.code in set(ResponseCode)
                assert wire.encode_response(request, response)
                answered += 1
    # Enough of them make sense, and enough don't.
    assert answered > PACKETS_A_BODY / 3
    assert ended > PACKETS_A_BODY / 20


VALUES = st.one_of(st.sampled_from(NUMBERS), st.integers(0, 0xFFFFFFFF))
OPERATIONS = st.tuples(
    st.one_of(st.sampled_from(list(OperationCode)), st.integers(0, 0xFFFF)),
    st.lists(VALUES, max_size=5),
    st.binary(max_size=40),
)


@pytest.mark.parametrize("make", BODIES.values(), ids=BODIES.keys())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=st.lists(OPERATIONS, max_size=20))
def test_whatever_is_asked_is_answered(
    make: Callable[[Path, Callable[[], float]], Body],
    tmp_path: Path,
    asked: list[tuple[int, list[int], bytes]],
) -> None:
    clock = [0.0]
    body = make(tmp_path, lambda: clock[0])
    body.answer(Operation(OperationCode.OPEN_SESSION, 1, (1,)))
    for code, params, data in asked:
        clock[0] += 0.2
        answer = body.answer(Operation(code, 1, tuple(params), data))
        assert answer.code in set(ResponseCode)
