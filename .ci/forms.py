"""Check every definition of a form or view that comes with the program against the
JSON Schema that the program prints, by another's validator.

Usage: forms.py CASELEDGER DEFINITIONS
"""
import json
import subprocess
import sys
from pathlib import Path

import jsonschema

program, definitions = sys.argv[1], sorted(Path(sys.argv[2]).glob("*.json"))
checks = {}
for kind, flags in {"form": [], "view": ["--view"]}.items():
    schema = json.loads(subprocess.run([program, "form", "schema", *flags], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    checks[kind] = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
for path in definitions:
    definition = json.loads(path.read_text())
    check = checks["view" if "view" in definition else "form"]
    check.validate(definition)
    for wrong in (dict(definition, unheard_of=1), {k: v for k, v in definition.items() if k != "title"}):
        if not list(check.iter_errors(wrong)):
            sys.exit(f"{path.name}: the schema accepts what the program does not")
form = json.loads((Path(sys.argv[2]) / "core-assessment-1.json").read_text())
form["sections"][0]["when"] = {"not": {"any": [{"question": "interpreter"}]}}
if not list(checks["form"].iter_errors(form)):
    sys.exit("the schema accepts a condition of no form")
print(f"{len(definitions)} definitions are what their schemas say")
