"""Makes the pictures of the guide: a demo lake, a server, a browser; nothing else is needed.

Run ``python docs/pictures.py`` (minutes) or name a folder in which to make or find the demo lake.
"""

from __future__ import annotations

import base64
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "pictures"
LARGEST = 250_000
CASE = "/case/demo-trio-genome"
CHROMIUM = Path("/usr/bin/chromium")
PIXELS = """async (data) => {
    const image = new Image();
    image.src = data;
    await image.decode();
    const size = {width: image.width, height: image.height};
    const pen = Object.assign(document.createElement("canvas"), size).getContext("2d");
    pen.drawImage(image, 0, 0);
    const bytes = pen.getImageData(0, 0, image.width, image.height).data;
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) {
        text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return [image.width, image.height, btoa(text)];
}"""
SETTLED = """window.norrsken && norrsken.table.answer
    && norrsken.store.model.funnel.face === "ready"
    && norrsken.genome.rows.all.every(r => (r.rows !== null || r.node.hidden) && !r.latest.busy)"""


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def server(lake: str) -> Iterator[str]:
    """Serve a lake until the block ends; gives its address."""
    port = free_port()
    base = f"http://localhost:{port}"
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    running = subprocess.Popen(command, env=os.environ | {"NORRSKEN_LAKE": lake})
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{base}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield base
    finally:
        running.terminate()
        running.wait(20)


def settled(page: Page) -> None:
    """Wait until the case is open and nothing is on its way."""
    page.wait_for_function(SETTLED, timeout=120_000)
    page.wait_for_timeout(1200)


def with_palette(page: Page, png: bytes) -> bytes:
    """Return the picture with the 256 commonest colours, a third of its size; RGB in, PNG out."""
    text = "data:image/png;base64," + base64.b64encode(png).decode()
    width, height, raw = page.evaluate(PIXELS, text)
    pixels = np.frombuffer(base64.b64decode(raw), np.uint8).reshape(-1, 4)[:, :3].astype(np.int64)
    boxes = (pixels[:, 0] >> 3 << 10) | (pixels[:, 1] >> 3 << 5) | (pixels[:, 2] >> 3)
    _, place, counts = np.unique(boxes, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(place, pixels[:, i]) for i in range(3)], 1)
    means = np.round(sums / counts[:, None])
    common = np.argsort(-counts)[:256]
    nearest = ((means[:, None, :] - means[common][None, :, :]) ** 2).sum(2).argmin(1)
    lines = nearest[place].astype(np.uint8).reshape(height, width)
    rows = np.hstack([np.zeros((height, 1), np.uint8), lines]).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = means[common].astype(np.uint8).tobytes()
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def keep(page: Page, name: str, part: str = "") -> None:
    """Write a picture of the page, or of one part of it, small enough to be kept."""
    data = page.locator(part).screenshot() if part else page.screenshot()
    if len(data) > LARGEST:
        data = with_palette(page, data)
    if len(data) > LARGEST:
        raise SystemExit(f"{name}: {len(data):,} bytes, at most {LARGEST:,}")
    (FOLDER / f"{name}.png").write_bytes(data)


def take(browser: Browser, base: str) -> None:
    """Take every picture of the guide."""
    # The browser's driver asks a page by evaluating text, which the pages themselves forbid.
    page = browser.new_page(
        viewport={"width": 1440, "height": 500}, color_scheme="light", bypass_csp=True
    )
    page.goto(base)
    page.wait_for_selector("html[data-ready=yes]")
    keep(page, "home")
    page.set_viewport_size({"width": 1440, "height": 840})
    page.goto(base + CASE)
    settled(page)
    keep(page, "case")
    page.select_option("#recipe", "rare-dominant-strict")
    page.wait_for_function("norrsken.store.state.recipe !== ''")
    settled(page)
    keep(page, "filter", "#filter")
    page.keyboard.press("j")
    page.wait_for_selector(".side section", state="attached")
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    keep(page, "variant", "#side")
    page.keyboard.press("Escape")
    page.goto(f"{base}{CASE}?tracks=vaf")
    settled(page)
    page.click("[data-save=vaf]")
    with page.expect_download() as coming:
        page.get_by_role("menuitem", name="PNG", exact=True).click()
    coming.value.save_as(FOLDER / "saved-vaf.png")
    page.close()
    dark = browser.new_page(
        viewport={"width": 1440, "height": 900}, color_scheme="dark", bypass_csp=True
    )
    dark.goto(f"{base}{CASE}?region=chr9:126000001-129000000&brush=chr9:127500001-127800000")
    settled(dark)
    keep(dark, "zoom", "#genome")
    dark.close()


def main(lake: str) -> None:
    """Make the demo where it is missing, then take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    demo = [sys.executable, "-m", "app.cli", "demo", "--scale", "genome"]
    subprocess.run(demo, env=os.environ | {"NORRSKEN_LAKE": lake}, check=True)
    with server(lake) as base, sync_playwright() as play:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        take(browser, base)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(folder)
