"""Check every frozen sample of the latest version against the JSON Schema that
the program prints for its type.

Usage: samples.py CASELEDGER SAMPLES
"""
import json
import subprocess
import sys
from pathlib import Path

import jsonschema

program, samples = sys.argv[1], Path(sys.argv[2])
types = json.loads(subprocess.run([program, "schema", "events", "--output", "json"], check=True, capture_output=True).stdout)
for t in types:
    schema = json.loads(subprocess.run([program, "schema", "event", t["name"]], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    sample = json.loads((samples / t["name"] / f"{t['version']}.json").read_text())
    check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    check.validate(sample)
    # A schema that accepts anything is none.
    if not list(check.iter_errors(dict(sample, unheard_of=1))):
        sys.exit(f"{t['name']}: the schema accepts a member that is not in the type")
print(f"{len(types)} samples are what their schemas say")
