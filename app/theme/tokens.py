"""The design tokens, read from the one style sheet that holds them."""

from __future__ import annotations

import re
from functools import cache

from data_layer.settings import asset_path

RAMP_STEPS = 7
#: First and last shade that ``/api/grid`` gives to a pixel that holds something.
FIRST_SHADE, LAST_SHADE = 40, 255
#: Part of the ramp at which a lone point starts: on white the palest step would not be seen.
RAMP_START = 1 / 6
_BLOCK = re.compile(r"(:root|\[data-theme=\"dark\"\])\s*\{(.*?)\n\}", re.S)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")


@cache
def tokens(theme: str) -> dict[str, str]:
    """Return every token of ``light`` or ``dark`` by name; dark falls back to light."""
    text = asset_path("css", "tokens.css").read_text(encoding="utf-8")
    blocks = {name: dict(_TOKEN.findall(body)) for name, body in _BLOCK.findall(text)}
    light = blocks[":root"]
    return light if theme == "light" else light | blocks['[data-theme="dark"]']


def palette(theme: str) -> list[str]:
    """Return 256 colours for shades: 0 transparent, 40 to 255 along the density ramp."""
    ramp = [_rgb(tokens(theme)[f"density-{i}"]) for i in range(RAMP_STEPS)]
    out = ["#00000000"]
    for shade in range(1, 256):
        part = max(0.0, (shade - FIRST_SHADE) / (LAST_SHADE - FIRST_SHADE))
        at = (RAMP_START + part * (1 - RAMP_START)) * (RAMP_STEPS - 1)
        i = min(int(at), RAMP_STEPS - 2)
        mixed = (round(a + (b - a) * (at - i)) for a, b in zip(ramp[i], ramp[i + 1], strict=True))
        out.append("#{:02x}{:02x}{:02x}".format(*mixed))
    return out


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` by WCAG 2.2."""
    parts = [v / 255 for v in _rgb(colour)]
    lin = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2.2, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
