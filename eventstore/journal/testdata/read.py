"""Prints every event of a journal, one JSON object a line, from what
eventstore/README.md says of the format and nothing else.

    python3 read.py DIRECTORY
"""
import hashlib, json, os, struct, sys

TABLE = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    TABLE.append(n)


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def check(holds, what):
    if not holds:
        sys.exit(f"{path}: {what}")


def footer(b, seed):
    """Returns where the records end: before the footer, or at the end."""
    seal = b[-68:]
    if seal[:8] != b"caseseal":
        return len(b), None
    events, streams, end = struct.unpack("<QQQ", seal[8:32])
    check(crc32c(b[end:-4], seed) == struct.unpack("<I", b[-4:])[0], "checksum of the footer")
    check(hashlib.sha256(b[:-36]).digest() == seal[32:64], "digest")
    return end, events


position, ledger, append = 0, None, []
for name in sorted(n for n in os.listdir(sys.argv[1]) if n.endswith(".seg")):
    path = os.path.join(sys.argv[1], name)
    b = open(path, "rb").read()
    magic, version, version_sum, ledger_id, first, salt, header_sum = struct.unpack("<8sII16sQQI", b[:52])
    check(magic == b"caseldgr" and version_sum == crc32c(b[:12]), "not a segment")
    check(version == 1, f"version {version}")
    check(header_sum == crc32c(b[16:48]), "checksum of the header")
    check(first == position + 1 == int(name[:20]) and ledger in (None, ledger_id), "not the next segment")
    ledger, seed = ledger_id, crc32c(struct.pack("<Q", salt))
    end, sealed = footer(b, seed)
    at = 52
    while at + 52 <= end and b[at : at + 4] != bytes(4):
        size, checksum, number, revision, event_id, back, rest, s, t, m = struct.unpack("<IIQQ16sIHBBI", b[at : at + 52])
        record = b[at : at + size]
        if checksum != crc32c(record[8:], crc32c(record[:4], seed)):
            break  # a torn end, if no later write follows
        if revision > 0:
            names, at_data = record[52 : 52 + s + t], 52 + s + t + m
            append.append({"position": number, "stream": names[:s].decode(), "revision": revision,
                           "id": event_id.hex(), "type": names[s:].decode(),
                           "metadata": record[52 + s + t : at_data].hex(), "data": record[at_data:].hex()})
            if rest == 0:
                for event in append:
                    print(json.dumps(event))
                position, append = number, []
        at += size
    check(sealed is None or (at == end and position == first + sealed - 1), "not what the footer says")
