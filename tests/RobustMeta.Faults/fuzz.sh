#!/usr/bin/env bash
# fuzz.sh [SECONDS] [TARGET…]: fuzzes readers guided by coverage, with SharpFuzz and afl-fuzz; five minutes a target by default.
# Needs afl-fuzz (Debian: afl++). Crashes stay in fuzz-findings/TARGET/crashes and become cases of the corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is not installed (Debian: apt-get install afl++)" >&2; exit 2; }
seconds=${1:-300}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(ratings gzip catalog spec study safetensors results)
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install --tool-path "$work/tools" SharpFuzz.CommandLine --version 2.3.0 >/dev/null
dotnet publish tests/RobustMeta.Faults -c Release -o "$work/bin" -v q >/dev/null
DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
export DOTNET_ROOT
"$work/tools/sharpfuzz" "$work/bin/RobustMeta.Core.dll"
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
found=0
for target in "${targets[@]}"; do
  mkdir -p "$work/seeds/$target"
  dotnet "$work/bin/RobustMeta.Faults.dll" --seeds "$target" "$work/seeds/$target"
  afl-fuzz -V "$seconds" -i "$work/seeds/$target" -o "$work/out/$target" -t 5000 -m none \
    dotnet "$work/bin/RobustMeta.Faults.dll" --fuzz "$target" >"$work/$target.log" 2>&1 || tail -5 "$work/$target.log"
  stats="$work/out/$target/default/fuzzer_stats"
  echo "$target: $(grep -E '^execs_done' "$stats" | tr -d ' ' | cut -d: -f2) executions, $(grep -E '^saved_crashes' "$stats" | tr -d ' ' | cut -d: -f2) crashes, $(grep -E '^saved_hangs' "$stats" | tr -d ' ' | cut -d: -f2) hangs"
  if compgen -G "$work/out/$target/default/crashes/id*" >/dev/null; then
    mkdir -p "fuzz-findings/$target" && cp -r "$work/out/$target/default/crashes" "fuzz-findings/$target/"
    found=1
  fi
done
exit $found
