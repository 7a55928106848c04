"""People by trained networks: whole ones and those that the frame cuts, from any side, never who.

`DeimPeople` is DEIMv2 [Huang2025]_ in its "femto" size, `YoloxPeople` YOLOX [Ge2021]_ "nano"; both were trained on
photographs of everyday scenes (COCO), and their weights are installed apart. They get the luma in all three channels:
on small walkers that beats the colours. Run by onnxruntime, on one thread, so that a result doesn't depend on the
machine's cores.

References
----------
.. [Huang2025] S. Huang, Y. Hou, L. Liu, X. Yu, X. Shen, "Real-time object detection meets DINOv3", arXiv:2509.20787.
.. [Ge2021] Z. Ge, S. Liu, F. Wang, Z. Li, J. Sun, "YOLOX: exceeding YOLO series in 2021", arXiv:2107.08430.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats, Luma, Plane
from rigcoach.measure.people.detector import Detection, TrackRules, apart, scaled, visible_part
from rigcoach.measure.picture.box import Box

_SIDE_PX = 416
_WEAKEST = 0.15
_DEIM_PERSON = 0
_YOLOX_STRIDES = (8, 16, 32)
_YOLOX_GREY = 114.0
_YOLOX_PERSON = 5  # column of the class "person", after a box's four numbers and its objectness


class DetectorLoadError(ValueError):
    """Weights that are no network of the kind that is wanted."""


class DeimPeople:
    """Finds people with DEIMv2; boxes hold what of a person the frame shows.

    Parameters
    ----------
    weights
        The network's ONNX file, for pictures of 416 x 416.

    Raises
    ------
    DetectorLoadError
        The file is no such network.
    """

    description = "people by DEIMv2"
    # Hands at work are taken for somebody half of the time, most often cut by the upper edge, and unsurely.
    rules = TrackRules(
        min_confidence=0.5,
        looks_per_s=5.0,
        fewest_finds=3,
        min_mean_confidence=0.25,
        min_mean_confidence_near=0.4,
        min_mean_confidence_headless=0.8,
        mostly_sure=False,
        in_parts=True,
    )

    def __init__(self, weights: Path) -> None:
        self._network = _Network(weights, {"images", "orig_target_sizes"})

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return the people in an upright HxW plane, clearest first."""
        height, width = luma.shape
        way = cv2.INTER_AREA if max(luma.shape) > _SIDE_PX else cv2.INTER_LINEAR
        square: Plane = cv2.resize(luma, (_SIDE_PX, _SIDE_PX), interpolation=way).astype(np.float32) / np.float32(255)
        labels, boxes, scores = self._network.run(
            {"images": _three_channels(square), "orig_target_sizes": np.array([[width, height]], np.int64)}
        )
        finds = []
        for label, (x0, y0, x1, y1), score in zip(labels[0], boxes[0], scores[0], strict=True):
            if label == _DEIM_PERSON and score > _WEAKEST:
                visible = visible_part((float(x0), float(y0), float(x1 - x0), float(y1 - y0)), luma.shape)
                if visible is not None:
                    finds.append(Detection(visible, float(score)))
        return apart(finds)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:  # noqa: ARG002 - it looks everywhere
        """Return the people in an upright HxW plane, clearest first: a part costs as much as the whole."""
        return self.find(luma)


class YoloxPeople:
    """Finds people with YOLOX; boxes hold what of a person the frame shows.

    Parameters
    ----------
    weights
        The network's ONNX file, for pictures of 416 x 416.

    Raises
    ------
    DetectorLoadError
        The file is no such network.
    """

    description = "people by YOLOX"
    rules = TrackRules(
        min_confidence=0.5,
        looks_per_s=5.0,
        fewest_finds=3,
        min_mean_confidence=0.25,
        mostly_sure=False,
        in_parts=True,
    )

    def __init__(self, weights: Path) -> None:
        self._network = _Network(weights, {"images"})
        self._grid, self._stride = _yolox_grid()

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return the people in an upright HxW plane, clearest first."""
        factor = max(luma.shape) / _SIDE_PX
        size = (max(1, round(luma.shape[1] / factor)), max(1, round(luma.shape[0] / factor)))
        way = cv2.INTER_AREA if factor > 1 else cv2.INTER_LINEAR
        square = np.full((_SIDE_PX, _SIDE_PX), _YOLOX_GREY, np.float32)
        square[: size[1], : size[0]] = cv2.resize(luma, size, interpolation=way)
        rows = np.asarray(self._network.run({"images": _three_channels(square)})[0][0], dtype=np.float64)
        score = rows[:, 4] * rows[:, _YOLOX_PERSON]
        likely = np.nonzero(score > _WEAKEST)[0]
        middle = (rows[likely, :2] + self._grid[likely]) * self._stride[likely, None]
        side = np.exp(rows[likely, 2:4]) * self._stride[likely, None]
        finds = []
        for (x, y), (w, h), confidence in zip(middle, side, score[likely], strict=True):
            visible = visible_part((x - w / 2, y - h / 2, w, h), (size[1], size[0]))
            if visible is not None:
                finds.append(Detection(scaled(visible, factor), float(confidence)))
        return apart(finds)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:  # noqa: ARG002 - it looks everywhere
        """Return the people in an upright HxW plane, clearest first: a part costs as much as the whole."""
        return self.find(luma)


class _Network:
    """A network that onnxruntime runs on one thread."""

    def __init__(self, weights: Path, inputs: set[str]) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise DetectorLoadError(f"{weights.name} is no network that onnxruntime reads") from error
        if {each.name for each in self._session.get_inputs()} != inputs:
            raise DetectorLoadError(f"{weights.name} is another network")

    def run(self, inputs: Mapping[str, Any]) -> list[Any]:
        """Return the network's outputs."""
        return list(self._session.run(None, dict(inputs)))


def _three_channels(square: Plane) -> Plane:
    """Return a square plane as a batch of one picture of three equal channels."""
    return np.ascontiguousarray(np.broadcast_to(square, (1, 3, *square.shape)), dtype=np.float32)


def _yolox_grid() -> tuple[Floats, Floats]:
    """Return the cell (x, y) and the stride of each of the network's rows."""
    cells, strides = [], []
    for stride in _YOLOX_STRIDES:
        count = _SIDE_PX // stride
        y, x = np.mgrid[:count, :count]
        cells.append(np.column_stack((x.ravel(), y.ravel())))
        strides.append(np.full(count * count, stride))
    return np.concatenate(cells).astype(np.float64), np.concatenate(strides).astype(np.float64)
