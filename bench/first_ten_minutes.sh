#!/usr/bin/env bash
# A first-time walk, timed: from nothing installed to the first scored clip of one's own.
#
#     bench/first_ten_minutes.sh [CLIP]
#
# Without CLIP the demo's take serves as one's own. Everything goes into a folder that is removed afterwards.
set -euo pipefail
source_folder=$(cd "$(dirname "$0")/.." && pwd)
clip=${1:+$(realpath "$1")}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export RIGCOACH_HOME="$folder/home" RIGCOACH_EMULATED_S=0
began=$(date +%s)

step() {
  local title=$1 from to
  shift
  from=$(date +%s)
  "$@" >"$folder/log" 2>&1 || { echo "$title: failed"; cat "$folder/log"; exit 1; }
  to=$(date +%s)
  printf '%-44s %4d s   (%d:%02d since the start)\n' "$title" $((to - from)) $(((to - began) / 60)) $(((to - began) % 60))
}

step 'Make a virtual environment' "${PYTHON:-python3}" -m venv venv
step 'Install rigcoach' venv/bin/python -m pip install --quiet "$source_folder"
PATH="$folder/venv/bin:$PATH"
step 'Read the help' rigcoach --help
step 'Go through the demo' rigcoach demo --out demo
step 'Look whether a camera is ready (emulated)' rigcoach --camera emulated camera doctor
step 'Score a clip of one'"'"'s own' rigcoach score "${clip:-demo/demo-take.mov}"
cp "$folder/log" "$folder/scored"
step 'Review it' rigcoach review "${clip:-demo/demo-take.mov}" --out report.html
echo
cat "$folder/scored"
