"""Which class of day a time belongs to: weekend, US or UK bank holiday, or plain weekday.

Turnover has no one normal: on weekends about half a weekday's is usual. On US and UK holidays it is
between the two (0.87 of a weekday where one of them is closed, 0.66 where both are; Binance BTC
perpetual, 2020-2026), so such a day is neither, and nothing is compared with a class. Days on which
only Hong Kong is closed trade like any weekday (1.06, n = 52) and count as weekdays.

The dates stand here, as the package `holidays` gives them, because a preview has no time to import
it; a test holds them against the package. After the last year listed no weekday has a class.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.model import DAY, HOUR

NAN = float("nan")
MOST_HOURS = 18  # of 24: a window counts as one class when at least so many hours are of it

# Holidays on weekdays, month and day; England's for the UK.
US = {
    2017: "0102 0116 0220 0529 0704 0904 1009 1110 1123 1225",
    2018: "0101 0115 0219 0528 0704 0903 1008 1112 1122 1225",
    2019: "0101 0121 0218 0527 0704 0902 1014 1111 1128 1225",
    2020: "0101 0120 0217 0525 0703 0907 1012 1111 1126 1225",
    2021: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2022: "0117 0221 0530 0620 0704 0905 1010 1111 1124 1226",
    2023: "0102 0116 0220 0529 0619 0704 0904 1009 1110 1123 1225",
    2024: "0101 0115 0219 0527 0619 0704 0902 1014 1111 1128 1225",
    2025: "0101 0120 0217 0526 0619 0704 0901 1013 1111 1127 1225",
    2026: "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225",
    2027: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2028: "0117 0221 0529 0619 0704 0904 1009 1110 1123 1225",
    2029: "0101 0115 0219 0528 0619 0704 0903 1008 1112 1122 1225",
    2030: "0101 0121 0218 0527 0619 0704 0902 1014 1111 1128 1225",
    2031: "0101 0120 0217 0526 0619 0704 0901 1013 1111 1127 1225",
    2032: "0101 0119 0216 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2033: "0117 0221 0530 0620 0704 0905 1010 1111 1124 1226",
    2034: "0102 0116 0220 0529 0619 0704 0904 1009 1110 1123 1225",
    2035: "0101 0115 0219 0528 0619 0704 0903 1008 1112 1122 1225",
    2036: "0101 0121 0218 0526 0619 0704 0901 1013 1111 1127 1225",
    2037: "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225",
    2038: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2039: "0117 0221 0530 0620 0704 0905 1010 1111 1124 1226",
    2040: "0102 0116 0220 0528 0619 0704 0903 1008 1112 1122 1225",
}
UK = {
    2017: "0102 0414 0417 0501 0529 0828 1225 1226",
    2018: "0101 0330 0402 0507 0528 0827 1225 1226",
    2019: "0101 0419 0422 0506 0527 0826 1225 1226",
    2020: "0101 0410 0413 0508 0525 0831 1225 1228",
    2021: "0101 0402 0405 0503 0531 0830 1227 1228",
    2022: "0103 0415 0418 0502 0602 0603 0829 0919 1226 1227",
    2023: "0102 0407 0410 0501 0508 0529 0828 1225 1226",
    2024: "0101 0329 0401 0506 0527 0826 1225 1226",
    2025: "0101 0418 0421 0505 0526 0825 1225 1226",
    2026: "0101 0403 0406 0504 0525 0831 1225 1228",
    2027: "0101 0326 0329 0503 0531 0830 1227 1228",
    2028: "0103 0414 0417 0501 0529 0828 1225 1226",
    2029: "0101 0330 0402 0507 0528 0827 1225 1226",
    2030: "0101 0419 0422 0506 0527 0826 1225 1226",
    2031: "0101 0411 0414 0505 0526 0825 1225 1226",
    2032: "0101 0326 0329 0503 0531 0830 1227 1228",
    2033: "0103 0415 0418 0502 0530 0829 1226 1227",
    2034: "0102 0407 0410 0501 0529 0828 1225 1226",
    2035: "0101 0323 0326 0507 0528 0827 1225 1226",
    2036: "0101 0411 0414 0505 0526 0825 1225 1226",
    2037: "0101 0403 0406 0504 0525 0831 1225 1228",
    2038: "0101 0423 0426 0503 0531 0830 1227 1228",
    2039: "0103 0408 0411 0502 0530 0829 1226 1227",
    2040: "0102 0330 0402 0507 0528 0827 1225 1226",
}
FIRST_YEAR, LAST_YEAR = min(US), max(US)


def _days(table: dict[int, str]) -> NDArray[np.int64]:
    """Days since 1970 of every date in the table, ascending."""
    dates = [f"{y}-{d[:2]}-{d[2:]}" for y, days in table.items() for d in days.split()]
    return np.array(dates, dtype="datetime64[D]").astype(np.int64)


US_DAYS, UK_DAYS = _days(US), _days(UK)
_SPAN = np.array([f"{FIRST_YEAR}-01-01", f"{LAST_YEAR + 1}-01-01"], dtype="datetime64[D]")
FIRST, END = (int(d) for d in _SPAN.astype(np.int64))


def is_weekend(ts: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Whether a UTC day (its first ms) is a Saturday or Sunday. 1970-01-01 was a Thursday."""
    return np.asarray((ts // DAY + 3) % 7 >= 5)


def is_holiday(ts: NDArray[np.floating[Any]], days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a UTC day (its first ms) is one of `days`, as `US_DAYS` or `UK_DAYS`."""
    place = np.searchsorted(days, ts // DAY)  # both ascend; np.isin would sort them first
    return np.asarray(days[np.minimum(place, len(days) - 1)] == ts // DAY)


def _hours(now: float) -> NDArray[np.float64]:
    """The days (first ms) that the 24 hours before `now` fall on, one for each hour."""
    hours = now - DAY + (np.arange(24) + 0.5) * HOUR
    return np.asarray(hours // DAY * DAY, dtype=np.float64)


@lru_cache(maxsize=64)
def window_class(now: float) -> float:
    """1 for a weekend window, 0 for plain weekdays; NaN when mixed, a holiday or not listed."""
    days = _hours(now)
    weekend = is_weekend(days)
    if np.count_nonzero(weekend) >= MOST_HOURS:
        return 1.0
    if days[0] // DAY < FIRST or days[-1] // DAY >= END:
        return NAN
    plain = ~weekend & ~is_holiday(days, US_DAYS) & ~is_holiday(days, UK_DAYS)
    return 0.0 if np.count_nonzero(plain) >= MOST_HOURS else NAN


def holiday_share(now: float, closed: NDArray[np.int64]) -> float:
    """1 when at least 18 of the 24 hours are a holiday of `closed`, else 0; NaN when not listed."""
    days = _hours(now)
    if days[0] // DAY < FIRST or days[-1] // DAY >= END:
        return NAN
    return float(np.count_nonzero(is_holiday(days, closed)) >= MOST_HOURS)
