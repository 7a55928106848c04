"""The strips beside the card's edges, cut to what is clear of corners and neighbours, and made ready to be fitted."""

from dataclasses import dataclass, fields, replace

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.card.imaged_edge import EdgeProfiles, Flags, ImagedEdges
from rigcoach.measure.card.spread_fit import SpreadFit, Spreads
from rigcoach.measure.card.spread_model import place_of, spread_at
from rigcoach.measure.compiled import compiled

_FAR = 0.6  # of the reach: beyond, the first guess of paper's and ink's light is taken
_TAIL = 0.85  # of a spread's half-width: the rest of its tail weighs next to nothing
_LEAST = 0.6  # of a spread's half-width: what must be seen of it on both sides
_FLOOR = 0.004  # of the contrast: how sure a bin's light can be, however many pixels it holds
_MAX_SHIFT_PX = 1.0
# Up to this share of the contrast off it a bin is paper, or ink; so many pixels tell their noise, else this is taken.
_PURE, _ENOUGH_PIXELS, _USUAL_NOISE = 0.03, 50, 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Strips of edges x slices x bins.

    `normals` into the ink, edges x 2; of each edge its `length_px` and the clear distances `paper_px` and `ink_px`;
    `share`, the part of each edge that the slices cover; `used`, which bins count.
    """

    profiles: EdgeProfiles
    normals: Floats
    length_px: Floats
    paper_px: Floats
    ink_px: Floats
    share: float
    used: Flags

    @classmethod
    def of(cls, edges: ImagedEdges, profiles: EdgeProfiles, share: float) -> "Strips":
        """Return the strips of edges, everything in use."""
        return cls(
            profiles=profiles,
            normals=edges.into_ink,
            length_px=edges.length_px,
            paper_px=edges.paper_px,
            ink_px=edges.ink_px,
            share=share,
            used=profiles.count > 0,
        )

    def only(self, chosen: Flags) -> "Strips":
        """Return the strips of the chosen edges."""
        p = self.profiles
        return Strips(
            EdgeProfiles(*(getattr(p, field.name)[chosen] for field in fields(p))),
            self.normals[chosen],
            self.length_px[chosen],
            self.paper_px[chosen],
            self.ink_px[chosen],
            self.share,
            self.used[chosen],
        )

    def clear_of(self, radius_px: float, smear_px: Floats) -> "Strips":
        """Return the strips cut to where no corner and no neighbour is blurred into them.

        An edge of which too little remains to show the better part of its spread is not used at all.
        """
        half_across = radius_px + np.abs(self.normals @ smear_px) / 2
        half_along = radius_px + np.abs(self.normals @ (smear_px[1], -smear_px[0])) / 2
        slices = self.used.shape[1]
        # Farthest end of each slice from the edge's middle, as a share of the edge's length.
        ends = (np.abs(np.arange(slices) + 0.5 - slices / 2) + 0.5) / slices * self.share
        free = (0.5 - ends) * self.length_px[:, None] >= _TAIL * half_along[:, None] + 0.5
        tail, least = _TAIL * half_across + 0.5, _LEAST * half_across + 1.0
        paper, ink = self.paper_px - tail, self.ink_px - tail
        wide_enough = (np.minimum(paper, ink) >= least) & (free.sum(1) >= 2)
        depth = self.profiles.depth_px
        within = (depth >= -paper[:, None, None]) & (depth <= ink[:, None, None])
        return replace(self, used=self.used & (free & wide_enough[:, None])[..., None] & within)

    def plateaus(self) -> tuple[Floats, Floats]:
        """Return a first guess at each edge's light of paper and ink: the means far from the edge."""
        p = self.profiles
        return _plateaus(p.count, p.depth_px, p.light, self.used, self.paper_px, self.ink_px)

    def merged(self, paper: Floats, ink: Floats) -> Spreads:
        """Put the slices of each edge together, weighted by how sure each bin is; `paper` and `ink` are their light.

        A pixel's noise is taken from what bins hold apart, separately for paper and ink, for light is noisier.
        """
        p = self.profiles
        return Spreads(*_merged(p.count, p.depth_px, p.light, p.variance, self.used, paper, ink), self.normals)

    def straightened(self, fit: SpreadFit) -> "Strips":
        """Return the strips with each slice moved to where the line through all slices of its edge puts it."""
        p = self.profiles
        depth_px = _straightened(
            p.count,
            p.depth_px,
            p.light,
            self.used,
            fit.paper,
            fit.ink,
            fit.place_px,
            fit.spread,
            fit.slope,
            fit.step_px,
        )
        return replace(self, profiles=replace(p, depth_px=depth_px))


@compiled
def _plateaus(
    count: Floats, depth: Floats, light: Floats, used: Flags, paper_px: Floats, ink_px: Floats
) -> tuple[Floats, Floats]:
    edges, slices, bins = count.shape
    paper, ink = np.zeros(edges), np.zeros(edges)
    for i in range(edges):
        on_paper, on_ink = 0.0, 0.0
        for k in range(slices):
            for n in range(bins):
                if not used[i, k, n]:
                    continue
                if depth[i, k, n] < -_FAR * paper_px[i]:
                    on_paper += count[i, k, n]
                    paper[i] += count[i, k, n] * light[i, k, n]
                elif depth[i, k, n] > _FAR * ink_px[i]:
                    on_ink += count[i, k, n]
                    ink[i] += count[i, k, n] * light[i, k, n]
        paper[i] /= max(on_paper, 1.0)
        ink[i] /= max(on_ink, 1.0)
    return paper, ink


@compiled
def _merged(
    count: Floats, depth: Floats, light: Floats, variance: Floats, used: Flags, paper: Floats, ink: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the depth, the light and the weight of bins, edges x bins."""
    edges, slices, bins = count.shape
    held, summed = np.zeros((edges, bins)), np.zeros((edges, bins))
    depths, lights = np.zeros((edges, bins)), np.zeros((edges, bins))
    for i in range(edges):
        for k in range(slices):
            for n in range(bins):
                if used[i, k, n]:
                    held[i, n] += count[i, k, n]
                    depths[i, n] += count[i, k, n] * depth[i, k, n]
                    lights[i, n] += count[i, k, n] * light[i, k, n]
                    summed[i, n] += count[i, k, n] * variance[i, k, n]
    shares = np.zeros((edges, bins))
    # The variance of one pixel's light on paper and in ink, and the pixels that tell it.
    noise, pixels = np.zeros(2), np.zeros(2)
    for i in range(edges):
        contrast = max(paper[i] - ink[i], 1e-6)
        for n in range(bins):
            if held[i, n] > 0:
                depths[i, n] /= held[i, n]
                lights[i, n] /= held[i, n]
            shares[i, n] = min(max((paper[i] - lights[i, n]) / contrast, 0.0), 1.0)
            if shares[i, n] < _PURE or shares[i, n] > 1 - _PURE:
                side = 0 if shares[i, n] < _PURE else 1
                noise[side] += summed[i, n]
                pixels[side] += held[i, n]
    for side in range(2):
        noise[side] = noise[side] / pixels[side] if pixels[side] > _ENOUGH_PIXELS else _USUAL_NOISE
    weight = np.zeros((edges, bins))
    for i in range(edges):
        floor = (_FLOOR * max(paper[i] - ink[i], 1e-6)) ** 2
        for n in range(bins):
            if held[i, n] > 0:
                weight[i, n] = 1 / ((noise[0] + (noise[1] - noise[0]) * shares[i, n]) / held[i, n] + floor)
    return depths, lights, weight


@compiled
def _straightened(
    count: Floats,
    depth: Floats,
    light: Floats,
    used: Flags,
    paper: Floats,
    ink: Floats,
    place_px: Floats,
    spread: Floats,
    slope: Floats,
    step_px: float,
) -> Floats:
    """Return the depths, edges x slices x bins, less what the line through each edge's slices is off."""
    edges, slices, bins = count.shape
    moved = np.empty_like(depth)
    shift, sure = np.zeros(slices), np.zeros(slices)
    for i in range(edges):
        rise = ink[i] - paper[i]
        for k in range(slices):
            pull, bend, sure[k] = 0.0, 0.0, 0.0
            for n in range(bins):
                if not used[i, k, n]:
                    continue
                low, part = place_of(depth[i, k, n] - place_px[i], step_px)
                risen, steep = spread_at(spread[i], slope[i], step_px, low, part)
                weight = count[i, k, n] * steep
                bend += weight * steep * rise
                pull += weight * (light[i, k, n] - paper[i] - rise * risen)
                sure[k] += weight * steep
            shift[k] = -pull / (bend if abs(bend) > 1e-9 else 1.0)
        turn, least = 0.0, 1e-9
        for k in range(slices):
            place = k - (slices - 1) / 2
            turn += sure[k] * shift[k] * place
            least += sure[k] * place**2
        for k in range(slices):
            line = turn / least * (k - (slices - 1) / 2)
            moved[i, k] = depth[i, k] - min(max(line, -_MAX_SHIFT_PX), _MAX_SHIFT_PX)
    return moved
