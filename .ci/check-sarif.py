"""Holds SARIF against the JSON Schema of SARIF 2.1.0: findings in texts, in records and in pages, and none at all.

Usage: check-sarif.py DECHAFF SCHEMA
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

DECHAFF = pathlib.Path(sys.argv[1]).resolve()
SCHEMA = json.loads(pathlib.Path(sys.argv[2]).read_text())

CLEAN = "The council met on Monday to talk about the bridge.\n\nThe vote is expected in May, and it may be close.\n"
DIRTY = CLEAN.replace("\n\n", "\n\nADVERTISEMENT\n\n", 1)

FILES = {
    "clean.txt": CLEAN,
    "a folder/dirty %20 ä.txt": DIRTY,
    "dirty.md": f"---\ntitle: A\n---\n\n{DIRTY}",
    "dump.jsonl": "".join(json.dumps({"id": f"x{i}", "text": text}) + "\n" for i, text in enumerate([CLEAN, DIRTY])),
    "table.csv": f'id,text\n1,"{DIRTY}"\n',
    "related.txt": CLEAN.replace("\n\n", "\n\nREAD MORE: Five bridges over the river\n\n", 1),
    "windows.txt": DIRTY.replace("\n", "\r\n"),
}


def sarif(folder, *arguments):
    command = [DECHAFF, "check", "--no-config", "--output-format", "sarif", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True)
    assert done.returncode in (0, 1), done.stderr.decode()
    return json.loads(done.stdout)


with tempfile.TemporaryDirectory() as folder:
    for name, content in FILES.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode())
    validator = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
    for arguments, results in [((), 6), (("clean.txt",), 0), (("--select", "all"), 6)]:
        log = sarif(folder, *arguments)
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)]
        assert not errors, "\n".join(errors)
        assert len(log["runs"][0]["results"]) >= results, log

print("SARIF is as its schema wants it")
