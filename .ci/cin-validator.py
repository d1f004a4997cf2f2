"""Run the public CIN census validator over a return; fail on any rule not waived.

Usage: cin-validator.py RETURN.xml RULESET WAIVED.csv
"""
import csv
import importlib
import sys
import xml.etree.ElementTree as ET

from cin_validator import cin_validator

path, ruleset, waived_path = sys.argv[1:]
with open(waived_path, newline="") as f:
    waived = {row["rule"]: row["reason"] for row in csv.DictReader(f)}

root = ET.parse(path).getroot()
registry = importlib.import_module(f"cin_validator.rules.{ruleset}").registry
files = cin_validator.process_data(cin_validator.convert_data(root))
validator = cin_validator.CinValidator(files, registry)

found = {}
for frame in (validator.full_issue_df, validator.multichild_issues):
    if frame is None or len(frame) == 0:
        continue
    column = next(c for c in frame.columns if c.lower().replace(" ", "_") in ("rule_code", "rule"))
    for rule, count in frame[column].value_counts().items():
        found[str(rule)] = found.get(str(rule), 0) + int(count)

children = len(root.findall(".//Child"))
print(f"{children} children against {len(registry)} rules of {ruleset}")
failed = False
for rule, count in sorted(found.items()):
    reason = waived.get(rule)
    print(f"  {rule}: {count} " + (f"waived: {reason}" if reason else "NOT WAIVED: " + registry[rule].message))
    failed = failed or reason is None
for rule in sorted(set(waived) - set(found)):
    if rule.endswith("Q"):  # a query: whether it is raised depends on the made-up lives
        continue
    print(f"  {rule}: waived, but not raised: take it off the list")
    failed = True
if children < 50:
    print("  fewer than 50 children: this is no proof")
    failed = True
sys.exit(failed)
