"""Run every shell block of the documents named, as a reader would.

Blocks fenced as ```sh are run, one after the other in one shell per document,
in a scratch copy of the project with an empty home directory. A line that
starts with `#` is a comment. A failing command fails the document.

Usage: documents.py PROJECT DOCUMENT...
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

project = Path(sys.argv[1]).resolve()
shared = Path(os.environ.get("CASELEDGER_SHARED", project.parent / "shared")).resolve()
failed = 0
blocks_run = 0
for name in sys.argv[2:]:
    text = (project / name).read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    if not blocks:
        print(f"{name}: no command is shown")
        failed += 1
        continue
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        copy = Path(scratch) / "caseledger"
        subprocess.run(["git", "clone", "-q", str(project), str(copy)], check=True)
        if shared.is_dir():
            os.symlink(shared, Path(scratch) / "shared")
        keep = ("PATH", "GOPROXY", "GOSUMDB", "GOFLAGS", "GOTOOLCHAIN", "GONOSUMDB", "LANG", "SSL_CERT_FILE")
        env = {k: v for k, v in os.environ.items() if k in keep} | {"HOME": str(home), "CI": "true"}
        # What is downloaded may be shared; nothing else of the home directory is.
        for key in ("GOMODCACHE", "GOCACHE"):
            env[key] = subprocess.run(["go", "env", key], check=True, capture_output=True, text=True).stdout.strip()
        script = "set -euo pipefail\n" + "\n".join(blocks)
        done = subprocess.run(["bash", "-c", script], cwd=copy, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        blocks_run += len(blocks)
        print(f"{name}: {len(blocks)} blocks, exit {done.returncode}")
        if done.returncode:
            failed += 1
            print(done.stdout[-4000:])
print(f"{blocks_run} blocks of {len(sys.argv) - 2} documents, {failed} documents failed")
sys.exit(1 if failed else 0)
