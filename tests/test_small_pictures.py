"""The pictures of the manual: small, in few colours, and those that the texts show."""

import re
import struct
import zlib
from pathlib import Path

import pytest

from macros.pictures import FOLDER, MOST, PAGES
from macros.small_picture import COLOURS, small_png

ROOT = Path(__file__).parent.parent


def _ppm(width, height, colours):
    points = b"".join(bytes(colours[place % len(colours)]) for place in range(width * height))
    return b"P6\n%d %d\n255\n" % (width, height) + points


def _read(png):
    """Width, height, and the colour of every point."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 3)
    parts, at = {}, 8
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        parts[name] = png[at + 8 : at + 8 + size]
        at += 12 + size
    rows = zlib.decompress(parts[b"IDAT"])
    places = [rows[(width + 1) * row + 1 + column] for row in range(height) for column in range(width)]
    return width, height, [tuple(parts[b"PLTE"][3 * place : 3 * place + 3]) for place in places]


@pytest.mark.parametrize("width", [1, 4, 7])
def test_points_keep_their_place_and_nearly_their_colour(width):
    colours = [(255, 255, 255), (0, 0, 0), (248, 203, 173), (255, 242, 204), (10, 10, 10)]
    found = _read(small_png(_ppm(width, 3, colours)))
    assert found[:2] == (width, 3)
    wanted = [colours[place % len(colours)] for place in range(width * 3)]
    assert all(
        abs(a - b) <= 5 for one, other in zip(found[2], wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_many_colours_become_few():
    many = [(red, green, 128) for red in range(0, 256, 8) for green in range(0, 256, 8)]
    assert len(set(_read(small_png(_ppm(32, 32, many)))[2])) <= COLOURS


@pytest.mark.parametrize("data", [b"P5\n1 1\n255\n\0", b"P6\n1 1\n65535\n\0\0\0\0\0\0"])
def test_another_kind_of_picture_is_refused(data):
    with pytest.raises(ValueError, match="colour"):
        small_png(data)


def test_the_pictures_are_small_and_all_of_them_are_shown():
    there = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    shown = set(re.findall(r"pictures/(\w+)\.png", (ROOT / "docs" / "安装.md").read_text("utf-8")))
    assert set(there) == set(PAGES) == shown
    assert max(there.values()) <= MOST
