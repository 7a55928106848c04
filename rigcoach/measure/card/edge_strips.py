"""The strips beside the card's edges, cut to what is clear of corners and neighbours, and made ready to be fitted."""

from dataclasses import dataclass, fields, replace

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.card.imaged_edge import EdgeProfiles, Flags, ImagedEdges
from rigcoach.measure.card.spread_fit import SpreadFit, Spreads

_FAR = 0.6  # of the reach: beyond, the first guess of paper's and ink's light is taken
_TAIL = 0.85  # of a spread's half-width: the rest of its tail weighs next to nothing
_LEAST = 0.6  # of a spread's half-width: what must be seen of it on both sides
_FLOOR = 0.004  # of the contrast: how sure a bin's light can be, however many pixels it holds
_MAX_SHIFT_PX = 1.0


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
        depth, light = self.profiles.depth_px, self.profiles.light
        sides = depth < -_FAR * self.paper_px[:, None, None], depth > _FAR * self.ink_px[:, None, None]
        weights = [self.profiles.count * self.used * side for side in sides]
        paper, ink = ((weight * light).sum((1, 2)) / np.maximum(weight.sum((1, 2)), 1) for weight in weights)
        return paper, ink

    def merged(self, fit: SpreadFit | None) -> Spreads:
        """Put the slices of each edge together, weighted by how sure each bin is.

        A pixel's noise is taken from what bins hold apart, separately for paper and ink, for light is noisier.
        """
        weight = self.profiles.count * self.used
        count = weight.sum(1)
        held = np.maximum(count, 1)
        light = (weight * self.profiles.light).sum(1) / held
        depth = (weight * self.profiles.depth_px).sum(1) / held
        paper, ink = self.plateaus() if fit is None else (fit.paper, fit.ink)
        contrast = np.maximum(paper - ink, 1e-6)[:, None]
        share = np.clip((paper[:, None] - light) / contrast, 0, 1)
        noise = _pixel_noise(weight.sum(1), (weight * self.profiles.variance).sum(1), share)
        variance = (noise[0] + (noise[1] - noise[0]) * share) / held + (_FLOOR * contrast) ** 2
        return Spreads(depth, light, np.where(count > 0, 1 / variance, 0.0), self.normals)

    def straightened(self, fit: SpreadFit) -> "Strips":
        """Return the strips with each slice moved to where the line through all slices of its edge puts it."""
        p = self.profiles
        spread, slope = fit.grid.at(p.depth_px - fit.place_px[:, None, None])
        rise = (fit.ink - fit.paper)[:, None, None]
        residual = p.light - fit.paper[:, None, None] - rise * spread
        weight = p.count * self.used * slope
        bend = (weight * slope * rise).sum(2)
        shift = -(weight * residual).sum(2) / np.where(np.abs(bend) > 1e-9, bend, 1.0)
        sure = (weight * slope).sum(2)
        place = np.arange(shift.shape[1]) - (shift.shape[1] - 1) / 2
        turn = (sure * shift * place).sum(1) / np.maximum((sure * place**2).sum(1), 1e-9)
        line = np.clip(turn[:, None] * place, -_MAX_SHIFT_PX, _MAX_SHIFT_PX)
        return replace(self, profiles=replace(p, depth_px=p.depth_px - line[..., None]))


def _pixel_noise(count: Floats, summed_variance: Floats, share: Floats) -> tuple[float, float]:
    """Return the variance of one pixel's light on paper and in ink."""
    levels = []
    for side in (share < 0.03, share > 0.97):
        total = float((count * side).sum())
        levels.append(float((summed_variance * side).sum()) / total if total > 50 else 1e-5)
    return levels[0], levels[1]
