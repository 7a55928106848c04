"""The schema of a file of gear."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rigcoach.rig.gear import Turn


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=False)]


class MountRow(_Row):
    """A lens mount."""

    id: str
    name: str
    register_mm: PositiveFloat


class MovieRow(_Row):
    """What a body records."""

    width_px: Annotated[int, Field(gt=0)]
    height_px: Annotated[int, Field(gt=0)]
    sensor_width_mm: PositiveFloat
    readout_ms: PositiveFloat | None = None


class BodyRow(_Row):
    """A body."""

    id: str
    name: str
    mount: str
    sensor_width_mm: PositiveFloat
    sensor_height_mm: PositiveFloat
    movie: MovieRow | None = None


class LensRow(_Row):
    """A lens."""

    id: str
    name: str
    mount: str
    focal_length_mm: PositiveFloat
    widest_f_number: PositiveFloat
    narrowest_f_number: PositiveFloat
    close_focus_m: PositiveFloat
    aperture_ring: bool
    electronic: bool
    autofocus: bool
    infinity_turn: Turn


class AdapterRow(_Row):
    """An adapter."""

    id: str
    name: str
    body_mount: str
    lens_mount: str
    electronic: bool


class GearFile(_Row):
    """A file of gear."""

    mount: list[MountRow] = []
    body: list[BodyRow] = []
    lens: list[LensRow] = []
    adapter: list[AdapterRow] = []
