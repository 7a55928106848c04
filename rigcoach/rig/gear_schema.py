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
    source: str = ""


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
    stills_only: bool = False
    source: str = ""


class LensRow(_Row):
    """A lens."""

    id: str
    name: str
    mount: str
    focal_length_mm: PositiveFloat
    widest_f_number: PositiveFloat
    narrowest_f_number: PositiveFloat | None = None
    close_focus_m: PositiveFloat | None = None
    aperture_ring: bool
    electronic: bool
    autofocus: bool
    infinity_turn: Turn | None = None
    longest_focal_length_mm: PositiveFloat | None = None
    squeeze: Annotated[float, Field(ge=1, le=2.5, strict=False)] = 1.0
    source: str = ""


class AdapterRow(_Row):
    """An adapter."""

    id: str
    name: str
    body_mount: str
    lens_mount: str
    electronic: bool
    magnification: Annotated[float, Field(ge=0.3, le=4, strict=False)] = 1.0
    source: str = ""


class GearFile(_Row):
    """A file of gear."""

    mount: list[MountRow] = []
    body: list[BodyRow] = []
    lens: list[LensRow] = []
    adapter: list[AdapterRow] = []
