#!/usr/bin/env bash
# How fast dechaff is beside grep, ripgrep, jq and Python on the same dump, in one run.
#
#   benches/compare.sh [DUMP.jsonl] [MEGABYTES]
#
# DUMP is repeated to MEGABYTES (default 500); without one, a dump is made of the fixtures. What is not installed is
# left out. Every rate is of the input's bytes, from the start of the program to its end, the best of two runs.
set -euo pipefail
cd "$(dirname "$0")/.."
dump=${1:-}
megabytes=${2:-500}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --locked --quiet
dechaff=$(pwd)/target/release/dechaff

if [ -z "$dump" ]; then
  dump=$work/fixtures.jsonl
  python3 - fixtures > "$dump" <<'PYTHON'
import json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.txt")):
    print(json.dumps({"id": path.name, "text": path.read_text(errors="replace")}, ensure_ascii=False))
PYTHON
fi
python3 - "$dump" "$megabytes" > "$work/dump.jsonl" <<'PYTHON'
import sys
dump, left = open(sys.argv[1], "rb").read(), int(sys.argv[2]) * 10**6
while left > 0:
    sys.stdout.buffer.write(dump)
    left -= len(dump)
PYTHON
"$dechaff" filter --format jsonl --quiet < "$work/dump.jsonl" > "$work/clean.jsonl"

# 25 words that noise has.
printf '%s\n' advertisement newsletter subscribe 'sign up' 'read more' 'click here' 'follow us' copyright 'all rights' \
  'related' 'sponsored' 'share this' tweet facebook 'your inbox' 'watch:' 'story continues' 'getty images' 'download' \
  'our app' 'photos:' 'comments' 'privacy policy' 'cookies' 'terms of' > "$work/words"

# The patterns of the built-in packs that Python understands, on each line of a text.
cat > "$work/peer.py" <<'PYTHON'
import glob, json, re, sys, tomllib
patterns = []
for path in glob.glob("rules/*.toml"):
    for rule in tomllib.load(open(path, "rb")).get("rule", []):
        for way, of in rule["match"].items():
            of = of.get("line", []) if way == "label" else of
            if way not in ("line", "span", "sentence", "label"):
                continue
            for pattern in [of] if isinstance(of, str) else of:
                try:
                    patterns.append(re.compile(pattern))
                except re.error:
                    pass
for line in sys.stdin:
    record = json.loads(line)
    for paragraph in record["text"].split("\n"):
        for pattern in patterns:
            pattern.search(paragraph)
PYTHON

echo "rate (MB/s)  beside cat  what"
base=
# rate NAME INPUT COMMAND…
rate() {
  local name=$1 input=$2 best=
  shift 2
  for _ in 1 2; do
    local start=$EPOCHREALTIME
    "$@" < "$input" | wc -c > /dev/null || true
    best=$(awk -v a="$start" -v b="$EPOCHREALTIME" -v best="${best:-1e9}" 'BEGIN { t = b - a; print t < best ? t : best }')
  done
  local size
  size=$(stat -c %s "$input" 2> /dev/null || stat -f %z "$input")
  base=${base:-$(awk -v s="$size" -v t="$best" 'BEGIN { print s / t }')}
  awk -v s="$size" -v t="$best" -v base="$base" -v name="$name" \
    'BEGIN { printf "%11.3f  %9.5f  %s\n", s / t / 1e6, s / t / base, name }'
}
has() { command -v "$1" > /dev/null; }

rate "cat" "$work/dump.jsonl" cat
if has rg; then rate "rg -c -F -i, 25 words" "$work/dump.jsonl" rg -c -F -i -f "$work/words"; fi
if has grep; then rate "grep -c -F -i, 25 words" "$work/dump.jsonl" grep -c -F -i -f "$work/words"; fi
if has jq; then rate "jq -c ." "$work/dump.jsonl" jq -c .; fi
head -c 200000 "$work/dump.jsonl" | sed '$d' > "$work/small.jsonl"
rate "python, json and re with the same patterns (a small part)" "$work/small.jsonl" python3 "$work/peer.py"
rate "dechaff, one thread, the dump as it is" "$work/dump.jsonl" "$dechaff" filter --format jsonl --quiet --jobs 1
rate "dechaff, two threads, the dump as it is" "$work/dump.jsonl" "$dechaff" filter --format jsonl --quiet --jobs 2
rate "dechaff, one thread, clean text" "$work/clean.jsonl" "$dechaff" filter --format jsonl --quiet --jobs 1
rate "dechaff, two threads, clean text" "$work/clean.jsonl" "$dechaff" filter --format jsonl --quiet --jobs 2

if [ -x /usr/bin/time ]; then
  for jobs in 1 2; do
    /usr/bin/time -f "peak memory with --jobs $jobs, the dump as it is: %M KiB" \
      "$dechaff" filter --format jsonl --quiet --jobs "$jobs" < "$work/dump.jsonl" > /dev/null
  done
fi
