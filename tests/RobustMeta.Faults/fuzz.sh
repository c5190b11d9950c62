#!/usr/bin/env bash
# fuzz.sh [SECONDS] [TARGET…]: fuzzes readers guided by coverage, with SharpFuzz and afl-fuzz; five minutes a target by default.
# Needs afl-fuzz (Debian: afl++). Crashes and hangs stay in
# fuzz-findings/TARGET and become cases of the corpus; then the script ends with exit code 1.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is not installed (Debian: apt-get install afl++)" >&2; exit 2; }
seconds=${1:-300}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(ratings gzip recbole parquet catalog spec study safetensors checkpoint results)
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install --tool-path "$work/tools" SharpFuzz.CommandLine --version 2.3.0 >/dev/null
dotnet publish tests/RobustMeta.Faults -c Release -o "$work/bin" -v q >/dev/null
DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
export DOTNET_ROOT
# A changed library runs inside the loop of SharpFuzz alone, so the seeds are written before.
for target in "${targets[@]}"; do
  mkdir -p "$work/seeds/$target"
  dotnet "$work/bin/RobustMeta.Faults.dll" --seeds "$target" "$work/seeds/$target"
done
"$work/tools/sharpfuzz" "$work/bin/RobustMeta.Core.dll"
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
mkdir -p "$work/out"
failed=0
for target in "${targets[@]}"; do
  afl-fuzz -V "$seconds" -i "$work/seeds/$target" -o "$work/out/$target" -t 5000 -m none \
    dotnet "$work/bin/RobustMeta.Faults.dll" --fuzz "$target" >"$work/$target.log" 2>&1 || true
  stats="$work/out/$target/default/fuzzer_stats"
  [ -f "$stats" ] || { tail -20 "$work/$target.log"; echo "$target: afl-fuzz did not start" >&2; failed=1; continue; }
  count() { sed -n "s/^$1 *: *//p" "$stats"; }
  echo "$target: $(count execs_done) executions, $(count corpus_count) inputs kept, $(count saved_crashes) crashes, $(count saved_hangs) hangs"
  for kind in crashes hangs; do
    if compgen -G "$work/out/$target/default/$kind/id*" >/dev/null; then
      mkdir -p "fuzz-findings/$target" && cp -r "$work/out/$target/default/$kind" "fuzz-findings/$target/"
      failed=1
    fi
  done
done
exit $failed
