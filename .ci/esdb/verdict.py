"""Compares what a Go test log says with the lists of tests that may fail and
that skip themselves: verdict.py LOG EXCEPTIONS SKIPPED. Every difference fails."""

import re
import sys


def listed(path):
    lines = (line.split("#")[0].strip() for line in open(path))
    return {line for line in lines if line}


log = open(sys.argv[1], errors="replace").read()
found = {"PASS": set(), "FAIL": set(), "SKIP": set()}
for verdict, name in re.findall(r"^ *--- (PASS|FAIL|SKIP): (\S+)", log, re.M):
    found[verdict].add(name)
failed = {name for name in found["FAIL"] if not any(other.startswith(name + "/") for other in found["FAIL"])}
wrong = [
    f"{what}: {name}"
    for what, names in {
        "fails": failed - listed(sys.argv[2]),
        "passes, though it is listed": listed(sys.argv[2]) - failed,
        "is skipped": found["SKIP"] - listed(sys.argv[3]),
        "is not skipped, though it is listed": listed(sys.argv[3]) - found["SKIP"],
    }.items()
    for name in sorted(names)
]
if len(found["PASS"]) < 60:
    wrong.append(f"only {len(found['PASS'])} tests pass")
if wrong:
    print("\n".join(wrong))
    sys.exit(log[-4000:])
print(f"{len(found['PASS'])} pass, {len(failed)} fail as listed, {len(found['SKIP'])} skip as listed")
