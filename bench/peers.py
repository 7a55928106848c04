"""Published measures of blur, written anew from their papers (blurdetect: FFmpeg's own), for comparison.

Each takes an HxW luma plane of 8 bits and returns one number; none of them is in pixels of defocus, so a monotone map
to pixels is learnt for each on other photographs.
"""

from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma


def laplacian_variance(luma: Luma) -> float:
    """Return the variance of the Laplacian (Pech-Pacheco et al., ICPR 2000): the higher, the sharper."""
    return float(cv2.Laplacian(luma, cv2.CV_64F).var())


def blurdetect(luma: Luma) -> float:
    """Return what FFmpeg's blurdetect filter says, after Marziliano 2002 with Canny's edges: the higher, the softer."""
    graph = av.filter.Graph()
    height, width = luma.shape
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("gray"), time_base=Fraction(1, 25))
    measure, sink = graph.add("blurdetect"), graph.add("buffersink")
    source.link_to(measure)
    measure.link_to(sink)
    graph.configure()
    frame = av.VideoFrame.from_ndarray(luma, format="gray")
    frame.pts = 0
    graph.push(frame)
    return float(graph.pull().metadata.get("lavfi.blur", "nan"))


def marziliano(luma: Luma) -> float:
    """Return the mean width of vertical edges from one extremum to the next (Marziliano et al., ICIP 2002).

    The picture is smoothed a little first, as noise would otherwise end every edge at its first pixel.
    """
    plane = np.asarray(cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.5), dtype=np.float32)
    slope = cv2.Sobel(plane, cv2.CV_32F, 1, 0)
    threshold = 2 * float(np.sqrt((slope**2).mean()))
    ridge = np.zeros(slope.shape, bool)
    strength = np.abs(slope)
    ridge[:, 1:-1] = (strength[:, 1:-1] >= strength[:, :-2]) & (strength[:, 1:-1] > strength[:, 2:])
    ridge &= strength > threshold
    widths = []
    ys, xs = np.nonzero(ridge)
    for y, x in zip(ys[:: max(len(ys) // 1500, 1)], xs[:: max(len(xs) // 1500, 1)], strict=True):
        row = plane[y] if slope[y, x] > 0 else -plane[y]
        left = x
        while left > 0 and row[left - 1] < row[left]:
            left -= 1
        right = x
        while right + 1 < len(row) and row[right + 1] > row[right]:
            right += 1
        widths.append(right - left)
    return float(np.mean(widths)) if widths else float("nan")


def zhuo_sim(luma: Luma) -> float:
    """Return the median blur at edges from the gradient's ratio before and after a blur of 1 px (Zhuo and Sim 2011).

    "Defocus map estimation from a single image", Pattern Recognition 44(9); without the propagation by matting.
    """
    plane = luma.astype(np.float32)

    def gradient(image: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        gx, gy = cv2.Sobel(image, cv2.CV_32F, 1, 0), cv2.Sobel(image, cv2.CV_32F, 0, 1)
        return np.asarray(cv2.magnitude(gx, gy), dtype=np.float32)

    # As in the authors' code: edges of a slightly smoothed picture.
    first = np.asarray(cv2.GaussianBlur(plane, (0, 0), 1.0), dtype=np.float32)
    again = np.asarray(cv2.GaussianBlur(plane, (0, 0), float(np.sqrt(2.0))), dtype=np.float32)
    eight_bits = np.clip(first, 0, 255).astype(np.uint8)
    # Thresholds by the picture's own gradients, so that a soft or dark one has edges too.
    strong = max(float(np.percentile(gradient(eight_bits.astype(np.float32)), 92)), 4.0)
    edges = cv2.Canny(eight_bits, 0.4 * strong, strong) > 0
    if edges.sum() < 10:
        return float("nan")
    ratio = gradient(first)[edges] / np.maximum(gradient(again)[edges], 1e-3)
    sigma = 1 / np.sqrt(np.maximum(ratio**2 - 1, 1e-3))
    return float(np.median(np.minimum(sigma, 20.0)))


PEERS = {
    "variance of the Laplacian": laplacian_variance,
    "FFmpeg blurdetect": blurdetect,
    "Marziliano 2002": marziliano,
    "Zhuo-Sim 2011": zhuo_sim,
}


def monotone_map(
    values: npt.NDArray[np.float64], radii: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return knots of the monotone map from a measure to a radius: pool adjacent violators over bins of 2 %."""
    falling = np.corrcoef(np.argsort(np.argsort(values)), radii)[0, 1] < 0
    order = np.argsort(-values if falling else values, kind="stable")
    pools: list[tuple[float, int]] = []
    parts = [part for part in np.array_split(order, 50) if len(part)]
    for part in parts:
        mean, count = float(np.median(radii[part])), 1
        while pools and pools[-1][0] > mean:
            before, n = pools.pop()
            mean, count = (before * n + mean * count) / (n + count), n + count
        pools.append((mean, count))
    at = np.array([np.median(values[part]) for part in parts])
    to = np.array([mean for mean, count in pools for _ in range(count)])
    return (at[::-1], to[::-1]) if falling else (at, to)
