"""Run the public validator of SSDA903 over a return; fail on any rule not waived.

Usage: lac-validator.py FOLDER RULESET YEAR AUTHORITY WAIVED.csv

AUTHORITY is the code of the upper-tier authority in which the placements lie.
"""
import contextlib
import csv
import importlib
import io
import logging
import sys
from pathlib import Path

logging.disable(logging.CRITICAL)
from lac_validator.lac_validator import LacValidator  # noqa: E402
from lac_validator.report import Report  # noqa: E402

folder, ruleset, year, authority, waived_path = sys.argv[1:]
with open(waived_path, newline="") as f:
    waived = {row["rule"]: row["reason"] for row in csv.DictReader(f)}

registry = importlib.import_module(f"lac_validator.rules.{ruleset}").registry
files = [{"name": p.name, "file_content": p.read_bytes(), "description": "This year"}
         for p in sorted(Path(folder).glob("*.csv")) if p.name != "trace.csv"]
with contextlib.redirect_stdout(io.StringIO()):  # some rules print the tables that they read
    validator = LacValidator(metadata={"collectionYear": year, "localAuthority": authority}, files=files, registry=registry)
report = Report(validator.ds_results, registry)

found = {str(r["Code"]): int(r["Count"]) for _, r in report.error_report.iterrows() if r["Count"] > 0}
children = len(validator.dfs["Header"])
print(f"{children} children against {len(registry)} rules of {ruleset}: "
      f"{len(validator.dones)} ran, {len(validator.skips)} need data of other years, {len(validator.fails)} failed to run")
failed = False
for rule, count in sorted(found.items()):
    reason = waived.get(rule)
    print(f"  {rule}: {count} " + (f"waived: {reason}" if reason else "NOT WAIVED: " + registry[rule].message))
    failed = failed or reason is None
for rule in sorted(map(str, validator.fails)):
    reason = waived.get(rule)
    print(f"  {rule}: did not run, " + (f"waived: {reason}" if reason else "NOT WAIVED"))
    failed = failed or reason is None
for rule in sorted(set(waived) - set(found) - set(map(str, validator.fails))):
    print(f"  {rule}: waived, but not raised: take it off the list")
    failed = True
if children < 100:
    print("  fewer than 100 children: this is no proof")
    failed = True
sys.exit(failed)
