"""Files in formats that everybody reads, written to the last byte here: PNG, WAV and ZIP.

What a compressor makes of the same bytes differs between libraries, so nothing is compressed:
PNG takes stored blocks of DEFLATE (RFC 1951, 3.2.4), and ZIP stored members.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.synthetic.streams import Floats

_LONGEST_BLOCK = 65_535
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that ZIP can tell: a member says nothing of when it was made."""


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture in 8-bit colour as PNG (ISO/IEC 15948).

    Args:
        pixels: Red, green and blue, shape (height, width, 3).
    """
    height, width = pixels.shape[:2]
    lines = np.zeros((height, 1 + 3 * width), np.uint8)  # Each line begins with its filter: none.
    lines[:, 1:] = pixels.reshape(height, 3 * width)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", _stored(lines.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def wav_bytes(samples: Floats, rate: int) -> bytes:
    """Return a sound of one channel as WAV with 16 bits a sample.

    Args:
        samples: Numbers from -1 to 1, shape (samples,); what lies outside is cut.
        rate: Samples a second.
    """
    levels = np.floor(np.clip(samples, -1.0, 1.0) * 32_767.0 + 0.5).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    content = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    content += b"data" + struct.pack("<I", len(levels)) + levels
    return b"RIFF" + struct.pack("<I", len(content)) + content


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return files as one ZIP archive, in the order of the mapping, without compression."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return written.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def _stored(content: bytes) -> bytes:
    """Return bytes as a zlib stream of stored blocks."""
    blocks: list[bytes] = []
    for start in range(0, len(content), _LONGEST_BLOCK):
        block = content[start : start + _LONGEST_BLOCK]
        last = start + _LONGEST_BLOCK >= len(content)
        blocks.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    return b"\x78\x01" + b"".join(blocks) + struct.pack(">I", zlib.adler32(content))
