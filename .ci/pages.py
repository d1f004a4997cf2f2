"""Hold the pages of a court bundle, as others' programs read them, against its manifest.

Each page says its label and the entries that stand on it, each line of the index
and each bookmark leads to its page, and no letter is smaller than a court allows.

Usage: pages.py PDF MANIFEST
"""
import html
import json
import re
import subprocess
import sys
from xml.etree import ElementTree

ZOOM = 3  # sizes and places are whole numbers of a third of a point
SMALLEST = 12  # points


def said_by(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


pdf, manifest = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
labels, documents = manifest["labels"], manifest["documents"]
texts = said_by("pdftotext", "-layout", pdf, "-").split("\f")[:-1]
assert len(texts) == len(labels), f"{len(texts)} pages, and {len(labels)} labels"

# The foot of each page.
standing = {label: set() for label in labels}
for document in documents:
    for entry in document.get("entries", []):
        for label in entry["labels"]:
            standing[label].add((str(entry["entry"]), entry["leaf"]))
for label, text in zip(labels, texts):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = lines.pop() if re.match(r"Entr(y|ies) \d", lines[-1]) else ""
    assert f" {lines[-1]}".endswith(f" {label}"), f"{label} is not what its page says"
    named = set(re.findall(r"(\d+) ([0-9a-f]{8,16})\b", told))
    more = re.search(r"and (\d+) more$", told)
    assert named <= standing[label], f"{label} names an entry that does not stand there"
    assert len(standing[label] - named) <= (int(more[1]) if more else 0), f"{label} does not name an entry that stands there"
entries = sum(map(len, standing.values()))
assert entries > 50, f"{entries} entries"

layout = said_by("pdftohtml", "-xml", "-zoom", str(ZOOM), "-i", "-stdout", pdf)

# The index: the lines of each document lead to its first page.
rows = []
for page, text in enumerate(re.findall(r"<page .*?</page>", layout, re.S)):
    for to, cell in re.findall(r'<a href="[^"]*#(\d+)">(.*?)</a>', text, re.S):
        if not labels[page].startswith("Index "):
            continue
        if words(cell) in standing:
            rows.append((words(cell), []))
        rows[-1][1].append(words(cell))
        assert labels[int(to) - 1] == rows[-1][0], f"the line of {rows[-1][0]} leads to {labels[int(to) - 1]}"
assert [first for first, _ in rows] == [d["first"] for d in documents], "the index does not lead to every document"
for (_, cells), document in zip(rows, documents):
    assert words(document["title"]) in " ".join(cells), f"the line of {document['first']} does not say its title"

# The bookmarks: each leads to the page that it names, and a heading stands there.
bookmarks = []


def follow(outline, depth):
    for item in outline:
        if item.tag == "outline":
            follow(item, depth + 1)
            continue
        text, first = re.fullmatch(r"(.*) \(([^()–]*)(?:–[^()]*)?\)", item.text, re.S).groups()
        page = int(item.get("page")) - 1
        assert labels[page] == first, f"the bookmark of {first} leads to {labels[page]}"
        assert depth < 2 or words(text) in words(texts[page]), f"a heading of {first} does not stand there"
        bookmarks.append((depth, text, first))


follow(ElementTree.fromstring(re.search(r"<outline>.*</outline>", layout, re.S)[0]), 0)
named = [(text, first) for depth, text, first in bookmarks if depth == 1]
assert named == [(d["title"], d["first"]) for d in documents], "the bookmarks do not lead to every document"

sizes = [int(size) / ZOOM for size in re.findall(r'<fontspec [^>]*size="(\d+)"', layout)]
assert sizes and min(sizes) >= SMALLEST, f"letters of {min(sizes)} points"
print(f"{len(labels)} pages, {entries} entries, {len(rows)} lines of the index and {len(bookmarks)} bookmarks stand where the manifest says")
