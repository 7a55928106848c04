"""Shares as a photographer reads them."""


def percent(share: float) -> str:
    """Return a share of 1 in percent; all and nothing are said of all and nothing only.

    >>> percent(0.284), percent(1.0), percent(0.996), percent(0.004), percent(0.0)
    ('28 %', '100 %', '99 %', '1 %', '0 %')
    """
    rounded = round(100 * share)
    if rounded == 100:
        rounded -= share < 1
    elif rounded == 0:
        rounded += share > 0
    return f"{rounded} %"
