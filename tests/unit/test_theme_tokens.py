"""Colours reach their contrast, and the ramp says one thing only: how many."""

from __future__ import annotations

from itertools import pairwise

import pytest
from jinja2 import Environment

from app.theme.pages import environment
from app.theme.tokens import FIRST_SHADE, contrast, luminance, palette, tokens

SURFACES = ("surface-page", "surface-card", "surface-inset", "surface-selected")
TEXTS = (
    "text", "text-2", "text-3", "accent", "fail", "warn", "ok",
    "class-p", "class-lp", "class-vus", "class-lb", "class-b",
)  # fmt: skip
THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_legible(theme: str, surface: str, text: str) -> None:
    have = tokens(theme)
    assert contrast(have[text], have[surface]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_button_text_is_legible(theme: str) -> None:
    have = tokens(theme)
    assert contrast(have["text-on-accent"], have["accent"]) >= 4.5


def test_contrast_knows_black_and_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize(("theme", "sign"), [("light", -1), ("dark", 1)])
def test_ramp_is_monotone(theme: str, sign: int) -> None:
    light = [luminance(c) for c in palette(theme)[FIRST_SHADE:]]
    assert all((b - a) * sign >= -0.004 for a, b in pairwise(light))
    assert (light[-1] - light[0]) * sign > 0.2


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_transparent_but_the_empty_pixel(theme: str) -> None:
    colours = palette(theme)
    assert len(colours) == 256
    assert colours[0] == "#00000000"
    assert all(len(c) == 7 for c in colours[1:])


@pytest.mark.parametrize("theme", THEMES)
def test_a_lone_point_is_seen(theme: str) -> None:
    have = tokens(theme)
    lone = contrast(palette(theme)[FIRST_SHADE], have["surface-card"])
    assert lone > contrast(have["density-0"], have["surface-card"])
    assert lone > 1.5


def test_dark_falls_back_to_light() -> None:
    assert tokens("dark")["sp-3"] == tokens("light")["sp-3"] == "12px"
    assert tokens("dark")["text"] != tokens("light")["text"]


def test_templates_escape() -> None:
    env: Environment = environment()
    assert env.autoescape is True
    shown = env.from_string("{{ x }}").render(x="<script>alert(1)</script>")
    assert shown == "&lt;script&gt;alert(1)&lt;/script&gt;"
