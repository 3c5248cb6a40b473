"""Cuts the interface fonts down to the letters and features that Norrsken shows.

Needs npm, and pyftsubset from ``fonttools[woff]`` on the path. Run it only when a font changes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: Latin, Latin-1, Latin Extended-A, Greek, punctuation, super- and subscripts, currency,
#: letterlike signs, fractions, arrows, mathematics, keys, shapes, stars, ticks.
LETTERS = (
    "20-7E,A0-17F,192,218-21B,2BC,2C6-2DD,300-304,306-30C,327,328,37E,384-3CE,1E9E,"
    "2010-2027,2030-203A,2044,2070-2094,20AC,2113,2116,2122,2126,2150-215E,2190-2199,21B5,"
    "21BA,21BB,21E7,2200,2202,2206,220F,2211,2212,2215,2219,221A,221E,2229,222A,222B,2248,"
    "2260,2264,2265,2318,2325,232B,23CE,2500,2502,25A0,25A1,25AA,25B2,25B3,25B4,25B6,25B8,"
    "25BC,25BD,25BE,25C0,25C2,25C6,25C7,25CB,25CF,2605,2606,2713,2715,2717"
)
FEATURES = "kern,mark,mkmk,calt,ccmp,locl,case,tnum,pnum,zero,sups,subs,frac,numr,dnom,ss02,cv11"

#: Source package, font in it, family, weight, style.
FACES = (
    ("inter-ui@4.1.1", "Inter-Regular", "Inter", 400, "normal"),
    ("inter-ui@4.1.1", "Inter-Italic", "Inter", 400, "italic"),
    ("inter-ui@4.1.1", "Inter-Medium", "Inter", 500, "normal"),
    ("inter-ui@4.1.1", "Inter-SemiBold", "Inter", 600, "normal"),
    ("inter-ui@4.1.1", "Inter-SemiBoldItalic", "Inter", 600, "italic"),
    ("jetbrains-mono@1.0.6", "JetBrainsMono-Regular", "JetBrains Mono", 400, "normal"),
    ("jetbrains-mono@1.0.6", "JetBrainsMono-SemiBold", "JetBrains Mono", 600, "normal"),
)
#: Signs that one family lacks and the other lends it: small triangles; superscript minus, stars,
#: circle, return and erase keys.
LENT = (
    ("Inter", "jetbrains-mono-400.woff2", "U+25B4, U+25B8, U+25BE, U+25C2"),
    ("JetBrains Mono", "inter-400.woff2", "U+207B, U+21B5, U+232B, U+23CE, U+25CB, U+2605-2606"),
)


def unpack(package: str, folder: Path) -> Path:
    """Download one npm package and return where it was unpacked."""
    target = folder / package.replace("@", "-")
    if not target.exists():
        npm = shutil.which("npm") or "npm"
        command = [npm, "pack", package, "--silent", "--pack-destination", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        with tarfile.open(next(folder.glob(f"{target.name}.tgz"))) as tarball:
            tarball.extractall(target, filter="data")
    return target


def face(family: str, weight: str, style: str, file: str, letters: str = "") -> str:
    """Return the CSS rule of one face, for some letters or for all it has."""
    only = f"  unicode-range: {letters};\n" if letters else ""
    return (
        "@font-face {\n"
        f'  font-family: "{family}";\n'
        f"  font-style: {style};\n"
        f"  font-weight: {weight};\n"
        "  font-display: swap;\n"
        f'  src: url("./{file}") format("woff2");\n'
        f"{only}"
        "}\n"
    )


def main() -> None:
    """Write every face and ``fonts.css`` beside this file."""
    rules = []
    with tempfile.TemporaryDirectory() as scratch:
        for package, inside, family, weight, style in FACES:
            source = next(unpack(package, Path(scratch)).rglob(f"{inside}.woff2"))
            slant = "-italic" if style == "italic" else ""
            file = f"{family.lower().replace(' ', '-')}-{weight}{slant}.woff2"
            cut = ["pyftsubset", str(source), f"--unicodes={LETTERS}", "--flavor=woff2"]
            cut += [f"--layout-features={FEATURES}", f"--output-file={HERE / file}"]
            subprocess.run(cut, check=True)
            sys.stdout.write(f"{file}\t{(HERE / file).stat().st_size:,}\n")
            rules.append(face(family, str(weight), style, file))
    rules += [face(family, "100 900", "normal", file, letters) for family, file, letters in LENT]
    (HERE / "fonts.css").write_text("\n".join(rules), encoding="utf-8")


if __name__ == "__main__":
    main()
