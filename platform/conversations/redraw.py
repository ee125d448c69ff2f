"""The child that draws a picture anew: bytes in on stdin, a line of JSON and the new bytes out on stdout.

Run by ``conversations.pictures`` as a program of its own, with an empty environment. It limits itself before it looks
at the first byte, knows one decoder alone, and imports nothing of the platform. Exit codes: 0 drawn, 3 too large,
4 broken; anything else (a signal, an exhausted limit) is the parent's to judge.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from PIL import Image, ImageOps, ImageSequence

TOO_LARGE, BROKEN = 3, 4
FRAMES_MAX = 300
ALL_FRAMES_MAX_PIXELS = 40_000_000
SIDE_MAX = 30_000
# Found type → the one decoder, and what the new picture is.
DRAWN_AS = {
    "image/png": ("PNG", "PNG", "image/png", ".png"),
    "image/bmp": ("BMP", "PNG", "image/png", ".png"),
    "image/jpeg": ("JPEG", "JPEG", "image/jpeg", ".jpg"),
    "image/gif": ("GIF", "GIF", "image/gif", ".gif"),
    "image/webp": ("WEBP", "WEBP", "image/webp", ".webp"),
    "image/tiff": ("TIFF", "TIFF", "image/tiff", ".tiff"),
}
_HOW: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 4},
    "JPEG": {"quality": 88},
    "GIF": {},
    "WEBP": {"quality": 88, "method": 2},
    "TIFF": {"compression": "tiff_deflate"},
}


class TooLarge(Exception):
    """More pixels than are drawn."""


def main() -> int:
    kind, most, memory, seconds = sys.argv[1], *map(int, sys.argv[2:5])
    fit = (int(sys.argv[5]), int(sys.argv[6])) if len(sys.argv) > 6 else None
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        drawn = draw(sys.stdin.buffer.read(), kind, most, fit)
    except (TooLarge, MemoryError):
        return TOO_LARGE
    except Exception:  # whatever a decoder raises over hostile bytes
        return BROKEN
    _, _, content_type, ending = DRAWN_AS[kind]
    sys.stdout.buffer.write(json.dumps({"content_type": content_type, "ending": ending}).encode() + b"\n" + drawn)
    return 0


def draw(content: bytes, kind: str, most: int, fit: tuple[int, int] | None = None) -> bytes:
    """The same picture from its pixels alone: upright, without metadata, comments, profiles or what was behind it.

    fit: the most that it may be wide and high; of one that moves, the first picture stands.
    """
    decoder, encoder, _, _ = DRAWN_AS[kind]
    Image.MAX_IMAGE_PIXELS = None  # looked at here, before anything is decoded
    with Image.open(io.BytesIO(content), formats=[decoder]) as source:
        _shrink(source, decoder, most)
        width, height = source.size
        if width * height > most or max(width, height) > SIDE_MAX:
            raise TooLarge
        moves = encoder in ("GIF", "WEBP", "TIFF") and fit is None
        frames = _frames(source, width * height) if moves else [_plain(source, encoder)]
    if fit is not None:
        frames[0].thumbnail(fit)
    out = io.BytesIO()
    more: dict[str, Any] = {}
    if len(frames) > 1:
        more = {"save_all": True, "append_images": frames[1:]}
        if encoder != "TIFF":
            more |= {"loop": 0, "duration": [frame.info.pop("duration", 100) for frame in frames]}
    frames[0].save(out, encoder, **_HOW[encoder], **more)
    return out.getvalue()


def _shrink(source: Any, decoder: str, most: int) -> None:
    """A photograph of a good telephone is decoded at a half, a quarter or an eighth: that never holds it whole."""
    width, height = source.size
    if decoder != "JPEG" or width * height <= most:
        return
    for part in (2, 4, 8):
        if width * height // (part * part) <= most:
            source.draft(None, (width // part, height // part))
            return


def _frames(source: Any, pixels: int) -> list[Any]:
    count = getattr(source, "n_frames", 1)
    if count > FRAMES_MAX or (count > 1 and count * pixels > ALL_FRAMES_MAX_PIXELS):
        raise TooLarge
    if count == 1:
        return [_plain(source, source.format)]
    frames = []
    for frame in ImageSequence.Iterator(source):
        if frame.size[0] * frame.size[1] > pixels:
            raise TooLarge
        duration = frame.info.get("duration")
        plain = _plain(frame, source.format)
        if isinstance(duration, (int, float)) and duration > 0:
            plain.info["duration"] = int(min(duration, 60_000))
        frames.append(plain)
    return frames


def _plain(source: Any, encoder: str) -> Any:
    source.load()
    upright = ImageOps.exif_transpose(source)
    has_alpha = encoder != "JPEG" and (upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info)
    is_grey = upright.mode in ("1", "L")
    plain = upright.convert("RGBA" if has_alpha else "L" if is_grey else "RGB")
    plain.info = {}
    return plain


if __name__ == "__main__":
    sys.exit(main())
