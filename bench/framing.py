"""How true the framing is: cards against their rendered truth, people and faces against boxes drawn by hand, roll.

Run it as ``python bench/framing.py``; it writes docs/framing-accuracy.md. Rendered clips have seeds that nothing was
tuned on. Footage is looked for in the folder that RIGCOACH_SHARED names, else in ``shared`` beside the checkout; what
isn't there is left out of the tables.
"""

import argparse
import csv
import json
import math
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from bent_cards import pose_rows
from changed_clips import CHANGES, PARTS, changed, changed_box, lumas, noisy, panned, part, set_into
from rendered_accuracy import known, pairs, random_spec

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.detector_weights import installed
from rigcoach.analysis.main_subject import PeopleSearch, learned_person_detector
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, Detector, scaled
from rigcoach.measure.people.face import HaarFaces, YunetFaces
from rigcoach.measure.people.leading_track import leading_track
from rigcoach.measure.people.person import HogPeople
from rigcoach.measure.people.track import TrackPoint
from rigcoach.measure.people.tracks import Tracker
from rigcoach.measure.picture.box import Box, overlap
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.measure.picture.reduced import reduced_to
from rigcoach.measure.picture.roll import roll_from_lines
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip
from rigcoach.video.clip import read_clip, read_frames

FIRST_SEED = 741_000
REPOSITORY = Path(__file__).parents[1]
OUT = REPOSITORY / "docs/framing-accuracy.md"
# Counted by eye in walkers-one-by-one.mp4: where nobody is, and where a person stands whole.
EMPTY = (*range(60), *range(199, 227), *range(449, 502))
WHOLE = (*range(76, 190), *range(242, 440), *range(520, 651))
ANGLES_DEG = tuple(step / 2 for step in range(-24, 25))
WITH_PEOPLE = ("kodim04", "kodim05", "kodim10", "kodim12", "kodim14")
BENT_CARDS = 20
BENT = """\
Drawn through a pinhole camera within 15° of straight on, 1 to 2.2 m away; a card's sheet curls or has a corner that
stands off, or its rows are read while the camera moves. Errors and standard deviations of pitch and yaw together; two
standard deviations should hold 95 %, and roll's interval, too (`python bench/bent_cards.py`). How much the place
changes with each marker left out counts as a deviation, too; that was chosen on other cards of these kinds."""
SMALL = """\
walkers-one-by-one.mp4, reduced in steps and set into a photograph (kodim08) of 1920 x 1080. People so small are
searched for in parts of the frame when nobody large is found. Cost is how often the network runs in a second of the
clip."""
CHANGED = """\
The weights and limits of the person search were chosen on this footage, some of it changed in these ways. So the
tables show what such changes do to it, not how other footage will do. In walk1 and walk2 two similar people walk;
boxes were drawn for one, and where the other is the main subject, nothing counts as found."""
LEADS = """\
In walk1 and walk2 two similar people walk; boxes were drawn for one, and where the other is the main subject, nothing
counts as found. In walk2 the other is, until he walks out of the frame, and then the one with boxes; in every frame
one of them is."""
NOISY_WIDTH_PX = 640
WALKER_SHARE = 0.85  # of the frame's height, in the middle: the walkers of walkers-one-by-one.mp4
FACE_OVERLAP = 0.3  # boxes of faces are drawn by different habits: brows or hairline, ears or cheeks


def card_rows(clips: int) -> Iterator[str]:
    """Yield the table of the card's place, roll and distance, for blur radii up to 6 px."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for i in range(clips):
            found += [pair for pair in pairs(random_spec(FIRST_SEED + i), Path(folder)) if pair.truth.blur_px <= 6]
        distances = np.concatenate([distance_errors(FIRST_SEED + 500 + i, Path(folder)) for i in range(clips // 4)])
    roll = np.abs(known(pair.roll_error_deg for pair in found))
    offset = 100 * known(pair.offset_error for pair in found)
    yield f"{clips} clips, {len(found)} frames, card found in {100 * len(roll) / len(found):.1f} % of them.\n"
    yield "| | median | 95 % | worst |\n|---|---|---|---|"
    for name, errors, unit in (
        ("offset, of the frame", offset, " %"),
        ("roll", roll, "°"),
        ("distance", 100 * distances, " %"),
    ):
        shown = (np.median(errors), np.percentile(errors, 95), errors.max())
        yield f"| {name} | " + " | ".join(f"{value:.3f}{unit}" for value in shown) + " |"


def distance_errors(seed: int, folder: Path) -> npt.NDArray[np.float64]:
    """Return relative errors of the distance while the camera walks towards the card, focused elsewhere."""
    draw = random.Random(seed)  # noqa: S311 - practice scenes, not secrets
    focal_mm, near_m = draw.choice((28.0, 35.0, 50.0)), draw.uniform(1.2, 3.2)
    spec = SceneSpec(
        seed=seed,
        card_distance_m=near_m,
        focus_distance_m=near_m * draw.uniform(0.9, 1.15),
        focal_length_mm=focal_mm,
        f_number=5.6,
        walk_in_m_s=draw.uniform(0.0, 0.8),
        roll_deg=draw.uniform(-8, 8),
    )
    path = folder / f"distance-{seed}.mov"
    truth = write_clip(spec, 12, path)
    measures = analyse_clip(read_clip(path), SubjectChoice("target"), RigOptics(focal_mm, spec.sensor_width_mm))
    both = zip(truth.frames, measures.frames, strict=True)
    errors = [abs(m.distance_m / t.distance_m - 1) for t, m in both if m.distance_m is not None]
    return np.array(errors)


def person_rows(clips: Path) -> Iterator[str]:
    """Yield the table of people: the lead's box against boxes drawn by hand, and frames with and without anybody."""
    yield "| clip | measure | |\n|---|---|---|"
    for path in sorted(clips.glob("walk/*.mp4")):
        led = by_frame(path, "person")
        hits = [i in led and overlap(led[i].box, box) >= 0.4 for i, box in enumerate(boxes_by_hand(path))]
        yield f"| {path.name} | IoU with the walker's box at least 0.4 | {100 * np.mean(hits):.1f} % |"
    path = clips / "walkers-one-by-one.mp4"
    led = by_frame(path, "person")
    yield f"| {path.name} | found where a person stands whole | {100 * np.mean([i in led for i in WHOLE]):.1f} % |"
    yield f"| {path.name} | found where nobody is | {100 * np.mean([i in led for i in EMPTY]):.1f} % |"
    for name in ("03_blocks.mp4", "04_coffee.mp4"):
        path = clips / "other" / name
        frames = round(float(read_clip(path).duration_s or 0) * float(read_clip(path).fps))
        for kind, what in (("face", "a face"), ("person", "a person")):
            share = 100 * len(by_frame(path, kind)) / frames
            yield f"| {name} (hands only) | {what} reported | {share:.1f} % |"
    for path in sorted(clips.glob("sign-*.mkv")):
        led = by_frame(path, "face")
        frames = round(float(read_clip(path).duration_s or 0) * float(read_clip(path).fps))
        jumps = sum(sighting.box[0] + sighting.box[2] / 2 > 480 for sighting in led.values())
        yield f"| {path.name} | the signer's face | {100 * len(led) / frames:.1f} %, {jumps} on the bystander |"


def changed_rows(clips: Path) -> Iterator[str]:
    """Yield the table of people in footage that was changed, and of people told in what holds none."""
    yield "| walker's box, IoU at least 0.4 | " + " | ".join(CHANGES) + " |"
    yield "|---" * (len(CHANGES) + 1) + "|"
    for path in sorted(clips.glob("walk/*.mp4")):
        frames, boxes = lumas(path), boxes_by_hand(path)
        shares = []
        for change in CHANGES:
            led = told(changed(frames, change), float(read_clip(path).fps))
            order = boxes[::-1] if change == "backwards" else boxes
            placed = [changed_box(box, change, frames[0].shape[1]) for box in order]
            shares.append(np.mean([i in led and overlap(led[i].box, box) >= 0.4 for i, box in enumerate(placed)]))
        yield f"| {path.name} | " + " | ".join(f"{100 * share:.0f} %" for share in shares) + " |"
    yield "\n| footage without people | a person reported |\n|---|---|"
    for name in ("03_blocks.mp4", "04_coffee.mp4"):
        path = clips / "other" / name
        frames, fps = lumas(path), float(read_clip(path).fps)
        for change in (*CHANGES, "upside down"):
            yield f"| {name}, {change} | {share_told(changed(frames, change), fps)} |"
        for where, place in PARTS.items():
            yield f"| {name}, its {where} | {share_told(part(frames, place), fps)} |"
    frames = lumas(clips / "walk/walk1.mp4")
    yield f"| walk1.mp4, the building and sky above | {share_told(part(frames, (0.0, 0.0, 0.7, 0.42)), 30.0)} |"
    frames = lumas(clips / "walkers-one-by-one.mp4")
    for empty in (range(60), range(199, 227), range(449, 502)):
        near = part([frames[i] for i in empty], (0.3, 0.1, 0.6, 0.8))
        name = f"walkers-one-by-one.mp4, frames {empty[0]} to {empty[-1]}, nearer"
        yield f"| {name} | {share_told(near, 10.0)} |"
    for path in sorted(clips.glob("kodak/*.png")):
        if path.stem not in WITH_PEOPLE:
            luma = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)[8:-8, 8:-8]
            yield f"| {path.stem}, panned over | {share_told(list(panned(luma)), 30.0)} |"


def small_rows(clips: Path) -> Iterator[str]:
    """Yield the table of people who are small in a large frame, without and with looking for them in its parts."""
    detector = learned_person_detector()
    if detector is None:
        yield "Not measured, as no learnt detector was installed."
        return
    frames, fps = lumas(clips / "walkers-one-by-one.mp4"), float(read_clip(clips / "walkers-one-by-one.mp4").fps)
    photograph = np.asarray(cv2.imread(str(clips / "kodak/kodim08.png"), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    yield "| people's height | in parts | found where one stands whole | found where nobody is | cost |"
    yield "|---|---|---|---|---|"
    for share in (0.25, 0.14, 0.09):
        for in_parts in (False, True):
            counted = Counted(detector)
            tracker = Tracker(counted, fps, 2)
            for luma in set_into(frames, photograph[8:-8, 8:-8], share):
                picture = Pyramid(luma)
                tracker.step(picture.beneath(1), picture.luma if in_parts else None)
            tracks = tracker.tracks()
            led = leading_track(tracks, (1920, 1080), fps).sightings
            whole, empty = (100 * np.mean([i in led for i in which]) for which in (WHOLE, EMPTY))
            yield (
                f"| {100 * share * WALKER_SHARE:.0f} % | {'yes' if in_parts else 'no'} | {whole:.0f} % | {empty:.0f} % "
                f"| {counted.runs * fps / len(frames):.1f} |"
            )


class Counted:
    """A detector, and how often it was asked."""

    def __init__(self, detector: Detector) -> None:
        self.description, self.rules = detector.description, detector.rules
        self._detector = detector
        self.runs = 0

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return what is in a plane, and count it."""
        self.runs += 1
        return self._detector.find(luma)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:
        """Return what is in a plane about where some boxes are, and count it."""
        self.runs += 1
        return self._detector.find_near(luma, boxes)


def boxes_by_hand(path: Path) -> list[Box]:
    """Return the walker's box in every frame of a clip, as it was drawn."""
    with path.with_suffix(".boxes.csv").open() as file:
        rows = [[float(row[side]) for side in ("xmin", "ymin", "xmax", "ymax")] for row in csv.DictReader(file)]
    return [(x, y, u - x, v - y) for x, y, u, v in rows]


def told(frames: Sequence[Luma], fps: float) -> Mapping[int, TrackPoint]:
    """Return the person who leads these frames, with what OpenCV brings along."""
    tracker = Tracker(HogPeople(), fps)
    for luma in frames:
        tracker.step(Pyramid(luma))
    height, width = frames[0].shape
    return leading_track(tracker.tracks(), (width, height), fps).sightings


def share_told(frames: Sequence[Luma], fps: float) -> str:
    """Return in how many of the frames a person is told."""
    return f"{100 * len(told(frames, fps)) / len(frames):.1f} %"


def by_frame(path: Path, kind: str, first: int | None = None) -> Mapping[int, TrackPoint]:
    """Return the lead's sightings by the number of the frame; of the first frames alone where so many are given."""
    clip = read_clip(path)
    search = PeopleSearch(clip, (kind,))
    for frame in islice(read_frames(clip), first):
        search.step(Pyramid(np.array(frame.luma, order="C")))
    return search.lead().sightings


def face_rows(faces: Path) -> Iterator[str]:
    """Yield the table of faces in photographs, one detector a row, each as it comes and as rigcoach uses it."""
    pictures = list(boxed_faces(faces))
    total = sum(len(boxes) for _, boxes in pictures)
    yield f"{len(pictures)} photographs with {total} faces; a face counts as found at IoU {FACE_OVERLAP}.\n"
    yield "| detector | faces found | false finds |\n|---|---|---|"
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"))
    detectors: list[tuple[str, Callable[[Luma], list[Box]]]] = [
        (
            "Haar frontal default, as it comes",
            lambda luma: [as_box(np.asarray(b)) for b in cascade.detectMultiScale(luma)],
        ),
        ("Haar, as rigcoach uses it", sure_finds(HaarFaces())),
    ]
    weights = installed("yunet")
    if weights is not None:
        network = cv2.FaceDetectorYN.create(str(weights), "", (320, 320))

        def as_it_comes(luma: Luma) -> list[Box]:
            network.setInputSize((luma.shape[1], luma.shape[0]))
            rows = network.detect(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR))[1]
            return [] if rows is None else [as_box(row[:4]) for row in rows]

        detectors += [
            ("YuNet, as it comes, full size", as_it_comes),
            ("YuNet, as rigcoach uses it, 640 px", sure_finds(YunetFaces(weights))),
        ]
    for name, detect in detectors:
        yield f"| {name} | {' | '.join(counts(pictures, detect))} |"
    if weights is None:
        return
    yield f"\nReduced to {NOISY_WIDTH_PX} px, with shot noise of so many of 255 levels at middle grey:\n"
    yield "| noise | YuNet, as it comes | false finds | YuNet, as rigcoach uses it | false finds |"
    yield "|---|---|---|---|---|"
    for deviation in (0, 10, 20, 30, 40):
        grainy = []
        for luma, boxes in pictures:
            small, factor = reduced_to(luma, NOISY_WIDTH_PX)
            grainy.append((noisy(small, deviation), [scaled(box, 1 / factor) for box in boxes]))
        both = (*counts(grainy, as_it_comes), *counts(grainy, sure_finds(YunetFaces(weights))))
        yield f"| {deviation} | {' | '.join(both)} |"


def counts(pictures: Sequence[tuple[Luma, list[Box]]], detect: Callable[[Luma], list[Box]]) -> tuple[str, str]:
    """Return how many of the faces in pictures are found, of all, and how many finds are of none."""
    hits = false = total = 0
    for luma, boxes in pictures:
        finds = detect(luma)
        total += len(boxes)
        hits += sum(any(overlap(box, find) >= FACE_OVERLAP for find in finds) for box in boxes)
        false += sum(all(overlap(box, find) < FACE_OVERLAP / 2 for box in boxes) for find in finds)
    return f"{hits} of {total}", f"{false}"


def sure_finds(finder: Detector) -> Callable[[Luma], list[Box]]:
    """Return a detector of boxes that it takes for sure."""
    return lambda luma: [find.box for find in finder.find(luma) if find.confidence >= finder.rules.min_confidence]


def as_box(numbers: npt.NDArray[np.generic]) -> Box:
    """Return four numbers as a box."""
    x, y, w, h = (float(number) for number in numbers)
    return (x, y, w, h)


def boxed_faces(faces: Path) -> Iterator[tuple[Luma, list[Box]]]:
    """Yield photographs and the boxes of the faces in them."""
    drawn: dict[str, list[dict[str, float]]] = json.loads((faces / "dlib/face_boxes.json").read_text())
    for name, entry in json.loads((faces / "faces_reviewed.json").read_text()).items():
        drawn[name] = entry["boxes"]
    for name, boxes in sorted(drawn.items()):
        path = next(iter(faces.rglob(name)), None)
        if path is not None:
            luma = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
            yield luma, [(box["x"], box["y"], box["w"], box["h"]) for box in boxes]


def roll_rows(photographs: Path) -> Iterator[str]:
    """Yield the table of roll from lines in photographs turned by known angles."""
    yield "Photographs with houses and without, turned by -12° to 12° in steps of 0.5°, as they are and mirrored; the"
    yield "error is against the unturned picture. The constants were chosen with these in sight. Photographs of"
    yield "known horizon, and clips: [level-accuracy.md](level-accuracy.md).\n"
    yield "| photograph | measured | measured mirrored | median error | worst |\n|---|---|---|---|---|"
    for path in sorted(photographs.glob("*.png")):
        # The scans have a dark rim.
        luma = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)[8:-8, 8:-8]
        counts, errors = [], []
        for way in (luma, np.ascontiguousarray(luma[:, ::-1])):
            rolls = {angle: roll_from_lines(turned(way, angle)) for angle in ANGLES_DEG}
            known_rolls = {angle: roll.roll_deg for angle, roll in rolls.items() if roll is not None}
            counts.append(f"{len(known_rolls)} of {len(rolls)}")
            level = known_rolls.get(0.0, math.nan)
            errors += [abs(roll_deg - angle - level) for angle, roll_deg in known_rolls.items()]
        shown = f"{np.median(errors):.2f}° | {max(errors):.2f}°" if errors else "– | –"
        yield f"| {path.stem} | {' | '.join(counts)} | {shown} |"


def turned(luma: Luma, clockwise_deg: float) -> Luma:
    """Turn a picture about its middle and keep the largest upright part that misses none of its corners."""
    height, width = luma.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -clockwise_deg, 1.0)
    whole = cv2.warpAffine(luma, turn, (width, height), flags=cv2.INTER_CUBIC)
    angle = math.radians(abs(clockwise_deg))
    share = 1 / (math.cos(angle) + max(width / height, height / width) * math.sin(angle))
    across, down = int(width * share) - 4, int(height * share) - 4
    left, top = (width - across) // 2, (height - down) // 2
    return np.ascontiguousarray(whole[top : top + down, left : left + across], dtype=np.uint8)


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=24, help="rendered clips")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    clips = Path(os.environ.get("RIGCOACH_SHARED", REPOSITORY.parent / "shared")) / "clips"
    networks = {"deimv2-femto": "DEIMv2-femto", "yolox-nano": "YOLOX"}
    people = next((networks[each] for each in networks if installed(each)), "OpenCV's HOG, as nothing was installed")
    faces = "YuNet" if installed("yunet") is not None else "OpenCV's Haar cascade, as nothing was installed"
    lines = [
        "# How accurate the framing is",
        "",
        "The position, size and distance of the card, and how reliably people and faces are found. Made by",
        f"`python bench/framing.py --clips {arguments.clips}`. People were found by "
        + people
        + "; faces by "
        + faces
        + ".",
        "",
        "## The card, rendered, blur radius up to 6 px",
        "",
        *card_rows(arguments.clips),
        "",
        "## The camera's pitch and yaw by a card that is bent",
        "",
        BENT,
        "",
        *pose_rows(BENT_CARDS),
    ]
    if clips.is_dir():
        lines += ["", "## People and faces in clips", "", LEADS, "", *person_rows(clips)]
        lines += ["", "## Small people in large frames", "", SMALL, "", *small_rows(clips)]
        lines += ["", "## People in changed footage and in footage without people, by HOG", "", CHANGED, ""]
        lines += changed_rows(clips)
        lines += ["", "## Faces in photographs", "", *face_rows(clips / "faces")]
        lines += ["", "## Roll from straight lines", "", *roll_rows(clips / "kodak")]
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(arguments.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
