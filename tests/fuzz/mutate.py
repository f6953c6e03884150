"""Damage to files: bytes anywhere, and parts of known formats, with checksums put right again."""

import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

Mutator = Callable[[bytes, random.Random], bytes]

LARGEST = 1 << 23  # bytes of a damaged file; a guided-diffusion file has 5.5 MB
_PNG = b"\x89PNG\r\n\x1a\n"
_JOURNAL = b"daps journal 1\n"
_RECORD = struct.Struct("<IIB")
_NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    8,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
)
_NODES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 17, 255, 65_536, 10**9, 2**31, 2**63, 10**30, 0.5, -0.0, 1e-320, 1e308,
    float("nan"), float("inf"), "", "x", "../../x", "/dev/zero", "a\0b", "\ud800", "x" * 5000, [], {}, [[]],
    [1, 2, 3], {"a": 1}, "UNet2DModel", "auto",
)  # fmt: skip


def mutated(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """`data` with one to four damages; `others` are files of the same kind to take pieces from."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if others and rng.random() < 0.05:
            data = _spliced(data, rng.choice(others), rng)
        else:
            data = _damage_for(data, rng)(data, rng)[:LARGEST]
    return data


def _damage_for(data: bytes, rng: random.Random) -> Mutator:
    known = _by_format(data)
    return known if known and rng.random() < 0.6 else rng.choice(_BYTES)


def _by_format(data: bytes) -> Mutator | None:
    for begins, mutator in _FORMATS:
        if data.startswith(begins):
            return mutator
    if data[8:10] == b'{"':
        return _safetensors
    return None


# Bytes


def _flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data or b"\0")
    for _ in range(rng.choice((1, 1, 2, 8))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _overwritten(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data or b"\0")
    at = rng.randrange(len(out))
    length = rng.choice((1, 1, 4, 16))
    out[at : at + length] = (
        rng.randbytes(length) if rng.random() < 0.7 else bytes([rng.choice((0, 255))]) * length
    )
    return bytes(out)


def _number(data: bytes, rng: random.Random) -> bytes:
    """A length, a size or an offset that a reader might believe; more often in front, where they stand."""
    width = rng.choice((1, 2, 2, 4, 4, 8))
    value = rng.choice(_NUMBERS) if rng.random() < 0.7 else rng.randrange(1 << 16)
    out = bytearray(data.ljust(width, b"\0"))
    at = rng.randrange(min(len(out), 256 if rng.random() < 0.6 else len(out)))
    out[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, rng.choice(("little", "big")))
    return bytes(out)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _without(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.choice((1, 2, 8, 64, 512)) :]


def _repeated(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    piece = data[start : start + rng.choice((1, 4, 16, 128))]
    return data[:start] + piece * rng.choice((1, 2, 16)) + data[start:]


def _spliced(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


_BYTES: tuple[Mutator, ...] = (_flipped, _flipped, _overwritten, _number, _number, _cut, _without, _repeated)


def _any_bytes(data: bytes, rng: random.Random) -> bytes:
    return rng.choice(_BYTES)(data, rng)


def _deeper(data: bytes, rng: random.Random) -> bytes:
    """Damage to a part of a file, by what that part is."""
    return _damage_for(data, rng)(data, rng)


# Pictures


def _png(data: bytes, rng: random.Random) -> bytes:
    chunks = _png_chunks(data)
    if not chunks:
        return _any_bytes(data, rng)
    at = rng.randrange(len(chunks))
    kind, content = chunks[at]
    what = rng.randrange(6)
    if what == 0:
        chunks.insert(rng.randrange(len(chunks) + 1), chunks[at])
    elif what == 1:
        del chunks[at]
    elif what == 2:
        chunks[at] = kind, _unfolded_damage(content, rng)
    else:
        chunks[at] = kind, _any_bytes(content, rng)
    return _PNG + b"".join(_png_chunk(kind, content) for kind, content in chunks)


def _unfolded_damage(content: bytes, rng: random.Random) -> bytes:
    """Damage to what was compressed, wherever in a chunk that begins."""
    at = content.find(b"\x78")
    try:
        unfolded = zlib.decompressobj().decompress(content[max(at, 0) :], LARGEST)
    except zlib.error:
        return _any_bytes(content, rng)
    return content[: max(at, 0)] + zlib.compress(_any_bytes(unfolded, rng), 1)


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks: list[tuple[bytes, bytes]] = []
    at = len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _jpeg(data: bytes, rng: random.Random) -> bytes:
    """One field near the beginning of a segment."""
    places = [at for at in range(len(data) - 4) if data[at] == 0xFF and 0xC0 <= data[at + 1] <= 0xEF]
    return _near(data, rng.choice(places), 24, rng) if places else _any_bytes(data, rng)


def _tiff(data: bytes, rng: random.Random) -> bytes:
    """One field of a directory entry: tag, type, count or value."""
    order, big = ("<" if data[:2] == b"II" else ">"), data[2:4] in (b"+\0", b"\0+")
    try:
        at = (
            struct.unpack_from(order + "Q", data, 8)[0]
            if big
            else struct.unpack_from(order + "I", data, 4)[0]
        )
        count = struct.unpack_from(order + ("Q" if big else "H"), data, at)[0]
    except struct.error:
        return _any_bytes(data, rng)
    size, head = (20, 8) if big else (12, 2)
    entry = at + head + size * rng.randrange(min(count, 64) or 1)
    return _near(data, min(entry, len(data) - 1), size, rng)


def _boxes(data: bytes, rng: random.Random) -> bytes:
    """One field behind a four-letter name, as RIFF and AVIF have them."""
    places = [at for at in range(min(len(data), 4096) - 4) if data[at : at + 4].isalnum()]
    return _near(data, max(0, rng.choice(places) - 4), 28, rng) if places else _any_bytes(data, rng)


def _near(data: bytes, at: int, reach: int, rng: random.Random) -> bytes:
    return (
        data[:at]
        + rng.choice((_number, _overwritten, _flipped))(data[at : at + reach], rng)
        + data[at + reach :]
    )


# Our own


def _json(data: bytes, rng: random.Random) -> bytes:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return _any_bytes(data, rng)
    what = rng.randrange(12)
    if what == 0:
        return b"[" * rng.choice((10, 990, 100_000)) + data
    if what == 1:
        return data.replace(
            b": ", b": " + rng.choice((b"NaN,", b"-Infinity,", b"1e999,", b"9" * 5000 + b",")), 1
        )
    return json.dumps(_json_damage(value, rng)).encode()


def _json_damage(value: Any, rng: random.Random) -> Any:
    places: list[tuple[Any, Any]] = []
    _collect(value, places)
    if not places:
        return rng.choice(_NODES)
    holder, key = rng.choice(places)
    what = rng.randrange(8)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.extend(holder[key : key + 1] * rng.choice((1, 7, 1000)))
    elif what == 2 and isinstance(holder[key], str):
        holder[key] = _any_bytes(holder[key].encode(errors="surrogatepass"), rng).decode("latin-1")
    elif what == 3 and isinstance(holder[key], int | float):
        holder[key] = holder[key] * rng.choice((-1, 2, 1000, 10**12)) + rng.choice((-1, 0, 0.5))
    elif what == 4:
        other, from_key = rng.choice(places)
        holder[key] = json.loads(json.dumps(other[from_key]))
    else:
        holder[key] = rng.choice(_NODES)
    return value


def _collect(value: Any, places: list[tuple[Any, Any]]) -> None:
    """Every place in lists and dicts that holds something."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        places.append((value, key))
        _collect(value[key], places)


def _zip(data: bytes, rng: random.Random) -> bytes:
    """The zip written anew with one entry damaged, renamed, missing, twice, or compressed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info), info.compress_type) for info in archive.infolist()]
    except Exception:  # zipfile raises what it likes at mutilated files
        return _any_bytes(data, rng)
    if not parts:
        return _any_bytes(data, rng)
    at = rng.randrange(len(parts))
    name, content, packed = parts[at]
    what = rng.randrange(10)
    if what == 0:
        del parts[at]
    elif what == 1:
        parts.append((rng.choice(parts)[0], content, packed))
    elif what == 2:
        parts[at] = rng.choice(("../../evil", "/tmp/evil", "a\\..\\b", name + "x")), content, packed
    elif what == 3:
        parts[at] = name, content, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    else:
        parts[at] = name, _deeper(content, rng), packed
    return _zipped(parts)


def _zipped(parts: list[tuple[str, bytes, int]]) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
        warnings.simplefilter("ignore")  # of names given twice
        for name, content, packed in parts:
            archive.writestr(zipfile.ZipInfo(name), content, packed)
    return file.getvalue()


def _journal(data: bytes, rng: random.Random) -> bytes:
    records = _records(data)
    if not records:
        return _any_bytes(data, rng)
    at = rng.randrange(len(records))
    kind, payload = records[at]
    what = rng.randrange(8)
    if what == 0:
        del records[at]
    elif what == 1:
        records.insert(rng.randrange(len(records) + 1), records[at])
    elif what == 2:
        records[at] = rng.randrange(8), payload
    elif what == 3:
        rng.shuffle(records)
    else:
        records[at] = kind, _deeper(payload, rng)
    return _JOURNAL + b"".join(
        _RECORD.pack(len(payload), zlib.crc32(payload, zlib.crc32(bytes([kind]))), kind) + payload
        for kind, payload in records
    )


def _records(data: bytes) -> list[tuple[int, bytes]]:
    records: list[tuple[int, bytes]] = []
    at = len(_JOURNAL)
    while at + _RECORD.size <= len(data):
        length, _, kind = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        records.append((kind, data[at : at + length]))
        at += length
    return records


def _safetensors(data: bytes, rng: random.Random) -> bytes:
    """Mostly the header, with its length put right."""
    (length,) = struct.unpack_from("<Q", data)
    header = _json(data[8 : 8 + length], rng)
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


_FORMATS: tuple[tuple[bytes | tuple[bytes, ...], Mutator], ...] = (
    (_PNG, _png),
    (b"\xff\xd8\xff", _jpeg),
    ((b"II", b"MM"), _tiff),
    (b"RIFF", _boxes),
    (b"\0\0\0", _boxes),
    (b"PK\3\4", _zip),
    (_JOURNAL, _journal),
    ((b"{", b"["), _json),
)
