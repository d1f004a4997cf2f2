"""Check disclosures against a leaf: python3 check.py LEAF DISCLOSURES

DISCLOSURES has one line for each field, in stored order: the disclosure
itself, or "digest" and 64 hexadecimal characters for a field that is withheld.
Prints the leaf's hash, the digests and the root; exits 3 when the leaf does
not commit to them. Written from README.md, with the standard library alone.
"""
import hashlib
import sys


def sha256(data):
    return hashlib.sha256(data).digest()


def root(digests):
    if not digests:
        return sha256(b"")
    if len(digests) == 1:
        return sha256(b"\x00" + digests[0])
    split = 1
    while split * 2 < len(digests):
        split *= 2
    return sha256(b"\x01" + root(digests[:split]) + root(digests[split:]))


def main():
    leaf = open(sys.argv[1], "rb").read()
    lines = open(sys.argv[2], "rb").read().split(b"\n")[:-1]
    digests = []
    for line in lines:
        withheld = line.startswith(b"digest ")
        digests.append(bytes.fromhex(line[7:].decode()) if withheld else sha256(line))
    print("leaf", sha256(b"\x00" + leaf).hex())
    for digest in digests:
        print("digest", digest.hex())
    line = "fields %d %s" % (len(digests), root(digests).hex())
    print(line)
    if leaf.decode().split("\n")[7] != line:
        sys.exit(3)


main()
