"""The JSON document on aiming without looking."""

from collections.abc import Sequence

from rigcoach.base.documents import Document, rounded
from rigcoach.optics.aim import Aim, Person, shot_distances_m
from rigcoach.optics.view import Viewpoint


def aim_document(
    rig_ids: Document,
    view_deg: tuple[float, float],
    camera: Viewpoint,
    person: Person,
    aims: Sequence[Aim],
    wanted: str | None,
) -> Document:
    """Return what ``aim --json`` prints.

    Parameters
    ----------
    rig_ids
        The rig's parts by their ids.
    view_deg
        What movies see, across and down.
    camera, person, aims
        Where the camera hangs, who is framed, and how at each distance.
    wanted
        The shot wanted, by its name in `rigcoach.optics.shots.SHOTS`; None where any will do.
    """
    ends = None if wanted is None else shot_distances_m(camera, person, wanted)
    return {
        "schema": "rigcoach.aim/1",
        "rig": rig_ids,
        "movie_view_deg": [round(angle, 2) for angle in view_deg],
        "camera_height_m": camera.height_m,
        "subject_height_m": person.height_m,
        "headroom": {"aimed_at": person.aimed_at, "band": list(person.headroom)},
        # to_m null: to infinity
        "shot": None if ends is None else {"name": wanted, "from_m": round(ends[0], 3), "to_m": rounded(ends[1], 3)},
        "distances": [_distance(aim) for aim in aims],
    }


def _distance(aim: Aim) -> Document:
    return {
        "distance_m": round(aim.distance_m, 3),
        "level": {
            "from_m": round(aim.level.bottom_m, 3),
            "to_m": round(aim.level.top_m, 3),
            "headroom": round(aim.level_headroom, 4),
        },
        "pitch_deg": round(aim.pitch_deg, 2),
        "pitch_band_deg": [round(pitch, 2) for pitch in aim.pitch_band_deg],
        "tipped": {"from_m": round(aim.tipped.bottom_m, 3), "to_m": round(aim.tipped.top_m, 3)},
        "shot": aim.shot,
        "feet_in": aim.tipped.feet_in,
        "cut": aim.cut or None,
        "clean_cut": aim.clean_cut,
        "instead": {
            "level_distance_m": rounded(aim.level_distance_m, 3),
            "level_height_m": rounded(aim.level_height_m, 3),
            "feet_from_m": round(aim.feet_from_m, 3),
            "feet_camera_height_m": rounded(aim.feet_height_m, 3),
        },
    }
