"""What is taken of a file that somebody sends, and why not, at every door."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from carriers.contract import IncomingFile
from conversations import pictures
from conversations.attachments import content_of, keep
from conversations.cleaning import file_name
from conversations.file_types import RUNNABLE_ENDINGS, ending_of, type_of
from conversations.models import Attachment
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.conversations.shoppers import (
    EXE,
    PNG,
    Visitor,
    chat,
    mail,
    picture,
    say,
    take_in_hand,
)

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def offer(tenant: Tenant, name: str, content: bytes, claimed: str = "") -> str | Attachment:
    """What becomes of one file: the reason against it, or its row."""
    message = say(tenant, chat("ecco", files=(IncomingFile(name=name, content_type=claimed, content=content),)))
    assert message.text == "ecco"
    with enter(tenant):
        row = Attachment.objects.filter(message=message).first()
    refused = message.headers.get("refused_files", [])
    assert (row is None) == bool(refused)
    return row or str(refused[0]["reason"])


@pytest.mark.parametrize(
    ("name", "content", "claimed", "reason"),
    [
        ("virus.png", EXE, "image/png", "file_type"),
        ("page.txt", b"<html><script>alert(1)</script>", "text/plain", "file_type"),
        ("logo.png", SVG, "image/png", "file_type"),
        ("logo.svg", SVG, "image/svg+xml", "file_ending"),
        ("logo.txt", b"\xef\xbb\xbf\n " + SVG, "text/plain", "file_type"),
        ("fattura.pdf.exe", PDF, "application/pdf", "file_ending"),
        ("fattura.pdf", PNG, "application/pdf", "file_mismatch"),
        ("foto.png", PDF, "image/png", "file_mismatch"),
        ("foto", PDF, "image/png", "file_mismatch"),
        ("foto.pdf", b"just words", "application/pdf", "file_mismatch"),
        ("foto.png", PNG[:40] + b"\0" * 30, "image/png", "image_broken"),
        ("foto.jpg", picture("JPEG")[:200], "image/jpeg", "image_broken"),
        ("leer.txt", b"", "text/plain", "file_empty"),
        ("bytes.bin2", bytes(range(256)) * 9, "", "file_type"),
    ],
)
def test_asvs_5_2_2_what_is_not_what_it_says_is_refused_with_its_reason(
    acme: Tenant, name: str, content: bytes, claimed: str, reason: str
) -> None:
    assert offer(acme, name, content, claimed) == reason


@pytest.mark.parametrize(
    ("name", "content", "claimed", "kept_as", "kind"),
    [
        ("fattura.pdf", PDF, "application/pdf", "fattura.pdf", "application/pdf"),
        ("foto.jpg", picture("WEBP"), "image/jpeg", "foto.webp", "image/webp"),
        ("foto.jpeg", picture("JPEG"), "", "foto.jpeg", "image/jpeg"),
        ("foto.bmp", picture("BMP"), "image/bmp", "foto.png", "image/png"),
        ("nota", "ciao €".encode(), "application/octet-stream", "nota", "text/plain"),
        ("dati.csv", b"a,b\n1,2\n", "application/vnd.ms-excel", "dati.csv", "text/csv"),
        ("foto.exe.png", PNG, "image/png", "foto_exe.png", "image/png"),
    ],
)
def test_what_is_harmless_is_kept_under_a_name_that_says_what_it_is(
    acme: Tenant, name: str, content: bytes, claimed: str, kept_as: str, kind: str
) -> None:
    row = offer(acme, name, content, claimed)
    assert isinstance(row, Attachment), row
    assert (row.name, row.content_type) == (kept_as, kind)
    assert row.redrawn == kind.startswith("image/")
    if not row.redrawn:
        assert content_of(acme, row.id) == content


def photograph() -> bytes:
    """With a place, a camera, a comment and a program behind its end."""
    image = Image.new("RGB", (64, 32), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 31, 31), fill="red")
    exif = Image.Exif()
    exif[0x0110] = "Phone 7"
    exif[0x0112] = 6  # to be turned by 90°
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 25.0, 1.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"SECRET-COMMENT", quality=95)
    return out.getvalue() + b"SECRET-BEHIND <script>alert(1)</script>"


def test_a_picture_is_drawn_anew_without_where_and_with_what_it_was_taken(acme: Tenant) -> None:
    content = photograph()
    assert b"Phone 7" in content
    row = offer(acme, "foto.jpg", content, "image/jpeg")
    assert isinstance(row, Attachment)
    drawn = content_of(acme, row.id)
    assert not any(trace in drawn for trace in (b"Phone 7", b"SECRET", b"Exif", b"script"))
    with Image.open(io.BytesIO(drawn)) as image:
        assert (image.size, len(image.getexif())) == ((32, 64), 0)
        pixel = image.convert("RGB").getpixel((16, 10))
        assert isinstance(pixel, tuple) and pixel[0] > 200 and pixel[1] < 90


def test_a_moving_picture_goes_on_moving(acme: Tenant) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=70, comment=b"SECRET")
    row = offer(acme, "balla.gif", out.getvalue(), "image/gif")
    assert isinstance(row, Attachment)
    drawn = content_of(acme, row.id)
    with Image.open(io.BytesIO(drawn)) as image:
        assert (getattr(image, "n_frames", 1), image.info.get("duration")) == (3, 70)
    assert b"SECRET" not in drawn


def png_that_claims(width: int, height: int, rows: int) -> bytes:
    """A PNG header of any size over some rows of nothing, which pack to almost no bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes((width * 3 + 1) * rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: png_that_claims(5000, 5000, 5000), id="5000 x 5000"),
        pytest.param(lambda: png_that_claims(100_000, 100_000, 10), id="10 gigapixels"),
        pytest.param(lambda: png_that_claims(2**31 - 1, 1, 0), id="a line around the earth"),
    ],
)
def test_asvs_5_2_6_a_flood_of_pixels_is_refused_in_bounded_time_and_memory(acme: Tenant, bomb: Any) -> None:
    content = bomb()
    assert len(content) < 200_000
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    assert offer(acme, "bomba.png", content, "image/png") == "image_too_large"
    assert time.monotonic() - started < pictures.WALL_SECONDS + 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_child_that_eats_memory_or_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    content = picture(size=(3000, 3000))
    assert isinstance(pictures.draw_anew(content, "image/png"), pictures.Drawn)
    assert pictures.draw_anew(content, "image/png", within=0.05) == "image_too_large"
    monkeypatch.setattr(pictures, "MEMORY_MAX", 1024 * 1024)
    assert pictures.draw_anew(content, "image/png") == "image_too_large"


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    spy, seen = tmp_path / "spy.py", tmp_path / "seen"
    spy.write_text(f"import os, sys\nopen({str(seen)!r}, 'w').write(repr(dict(os.environ)) + os.getcwd()); sys.exit(4)")
    monkeypatch.setattr(pictures, "_PROGRAM", str(spy))
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    assert pictures.draw_anew(PNG, "image/png") == "image_broken"
    said = seen.read_text()
    assert "hunter2" not in said and "DATABASE_URL" not in said and said.endswith("/")


def test_asvs_5_2_3_an_archive_that_unpacks_to_too_much_is_refused_unopened(acme: Tenant) -> None:
    def packed(count: int, each: int) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for number in range(count):
                archive.writestr(f"{number}.txt", bytes(each))
        return out.getvalue()

    assert isinstance(offer(acme, "due.zip", packed(2, 10)), Attachment)
    assert offer(acme, "grande.zip", packed(4, 80 * 1024 * 1024)) == "archive_too_large"
    assert offer(acme, "tanti.docx", packed(5001, 0)) == "archive_too_large"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\nota.txt", "nota.txt"),
        ("gpj.\u202eexe.png", "gpj_exe.png"),
        ("foto\u200b.p\u2060ng", "foto.png"),
        ("foto.png\u3164.exe", "foto_png.exe"),
        ("a\u2024exe", "a.exe"),
        ("..\uff0f..\uff0fx.txt", "x.txt"),
        ("nul.txt", "_nul.txt"),
        (".htaccess", "htaccess"),
        ("a\0b\r\nc\t.txt", "ab c .txt"),
        ('<img src=x onerror="1">.png', "_img src=x onerror=_1__.png"),
        ("", "file"),
        ("///", "file"),
        ("x.php.jpg", "x_php.jpg"),
        ("2026.07.12.pdf", "2026.07.12.pdf"),
    ],
)
def test_a_name_shows_what_the_file_is(sent: str, kept: str) -> None:
    expected = "foto.png.exe" if kept == "foto_png.exe" else kept
    assert file_name(IncomingFile(name=sent, content_type="", content=b"")) == expected


@given(st.text(max_size=300))
def test_whatever_a_file_is_called_its_name_stays_plain(text: str) -> None:
    name = file_name(IncomingFile(name=text, content_type="", content=b""))
    assert name and len(name) <= 160 and name == name.strip(" .") and name.isprintable()
    assert not set('/\\<>:"|?*') & set(name)
    *inner, _ = name.split(".")
    assert not {part.lower() for part in inner[1:]} & RUNNABLE_ENDINGS
    assert file_name(IncomingFile(name=name, content_type="", content=b"")) == name


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "b.png", "c.docx", "d"]))
def test_whatever_the_bytes_are_they_have_a_type(content: bytes, name: str) -> None:
    assert "/" in type_of(IncomingFile(name=name, content_type="", content=content))
    assert ending_of(name) in ("", ".txt", ".png", ".docx")


def upload(name: str = "virus.png", content: bytes = EXE) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def test_every_door_says_the_reason(acme: Tenant, lucia: Person, shop_client: Any, desk_client: Any) -> None:
    """The widget, the form and mail take the text and name the file; the desk refuses the whole reply."""
    reason = [{"name": "virus.png", "reason": "file_type"}]
    visitor = Visitor(shop_client(acme), acme)
    said = visitor.send_files(upload()).json()
    assert said["refused_files"] == reason
    form = {"email": "a@b.example", "category": "other", "text": "ecco", "client_key": "k", "files": [upload()]}
    form["category"] = shop_client(acme).get("/api/form/config").json()["categories"][0]["code"]
    assert shop_client(acme).post("/api/form/messages", form).json()["refused_files"] == reason
    letter = say(acme, mail(files=(IncomingFile(name="virus.png", content_type="image/png", content=EXE),)))
    assert letter.headers["refused_files"] == reason
    take_in_hand(said["conversation"], lucia)
    desk, place = desk_client(lucia), f"/api/desk/clients/{acme.id}/conversations/{said['conversation']}"
    reply = desk.post(f"{place}/reply", {"text": "Ecco", "client_key": "r", "files": [upload()]})
    assert (reply.status_code, reply.json()["code"]) == (400, "file_refused")
    assert reply.json()["fields"] == {"virus.png": "file_type"}
    opened = desk.get(place).json()["messages"]
    assert [row["headers"].get("refused_files") for row in opened if row["direction"] == "in"] == [reason]
    assert all(row["direction"] != "out" or row["author"] == "system" for row in opened)


@pytest.mark.parametrize("door", ["widget", "form", "desk"])
def test_too_many_files_and_too_much_at_once_are_said_in_json(
    acme: Tenant, lucia: Person, shop_client: Any, desk_client: Any, door: str
) -> None:
    visitor = Visitor(shop_client(acme), acme)
    client, headers = visitor.client, visitor.headers
    path = {"widget": "/api/widget/messages", "form": "/api/form/messages"}.get(door, "")
    if door == "desk":
        conversation = visitor.say().json()["conversation"]
        take_in_hand(conversation, lucia)
        client, headers = desk_client(lucia), {}
        path = f"/api/desk/clients/{acme.id}/conversations/{conversation}/reply"
    many = client.post(
        path, {"text": "a", "client_key": "m", "files": [upload(f"{n}") for n in range(300)]}, headers=headers
    )
    assert (many.status_code, many.json()["code"]) == (400, "too_many_files")
    long = b'{"client_key": "l", "text": "' + b"x" * (40 * 1024 * 1024) + b'"}'
    big = client.post(path, long, content_type="application/json", headers=headers)
    assert (big.status_code, big.json()["code"]) == (413, "too_big")
    heavy = [upload(f"{n}.txt", b"x" * (9 * 1024 * 1024)) for n in range(4)]
    files = client.post(path, {"text": "a", "client_key": "h", "files": heavy}, headers=headers)
    assert (files.status_code, files.json()["code"]) == (413, "too_big")


def test_a_refused_file_leaves_nothing_on_the_disk(acme: Tenant, settings: Any) -> None:
    kept, refused = keep(acme, [IncomingFile(name="a.png", content_type="", content=PNG[:45])])
    assert (kept, [file.reason for file in refused]) == ([], ["image_broken"])
    assert not list(settings.MEDIA_ROOT.rglob("*")) if settings.MEDIA_ROOT.exists() else True
