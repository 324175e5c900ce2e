#!/usr/bin/env bash
# Runs every test project that is built and closes with one line: N passed, N failed, N skipped.
# Arguments go to each test program (xunit.v3), for example: -class "*WorkQueue*"
# PROJECTS names the test projects to run (all of them), RESULTS the folder below artifacts/ for their output (test-results).
set -u
cd "$(dirname "$0")/.."
configuration=${CONFIGURATION:-Release}
results=$PWD/artifacts/${RESULTS:-test-results}
rm -rf "$results"; mkdir -p "$results"
# The same tools on every machine: those that tests/tools.sh unpacked come first.
export PATH="${GITOPS_TOOLS:-$HOME/.cache/gitops-toolkit/tools}/bin:$PATH"

passed=0; failed=0; skipped=0; broken=()
for project in tests/*.Tests; do
  name=$(basename "$project")
  case " ${PROJECTS:-$name} " in *" $name "*) ;; *) continue ;; esac
  program=$project/bin/$configuration/net10.0/$name
  if [ ! -x "$program" ]; then
    echo "$name: not built ($program is missing): run make build"
    broken+=("$name"); continue
  fi
  log=$results/$name.log
  timeout --kill-after=10 900 "$program" -noLogo -noColor "$@" > "$log" 2>&1 < /dev/null
  code=$?
  # "   Name  Total: 12, Errors: 0, Failed: 1, Skipped: 2, Not Run: 0, Time: 0.1s"
  summary=$(grep -E '^ +'"$name"' +Total: ' "$log" | tail -1)
  count() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<< "$summary"; }
  if [ -z "$summary" ]; then
    echo "$name: ended with code $code and no summary:"; tail -20 "$log"
    broken+=("$name"); continue
  fi
  total=$(count Total); bad=$(( $(count Failed) + $(count Errors) )); left=$(count Skipped)
  echo "$name: $(( total - bad - left )) passed, $bad failed, $left skipped ($(sed -nE 's/.*Time: ([0-9.]+s).*/\1/p' <<< "$summary"))"
  [ "$bad" -eq 0 ] || grep -E -A 14 '\[(FAIL|ERROR)\]' "$log" | head -150
  [ "$left" -eq 0 ] || grep -hE '\[SKIP\]' -A 1 "$log" | grep -vE '\[SKIP\]|^--$' | sort | uniq -c | sort -rn | head -5
  passed=$(( passed + total - bad - left )); failed=$(( failed + bad )); skipped=$(( skipped + left ))
  [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || { echo "$name: exit code $code"; broken+=("$name"); }
done
failed=$(( failed + ${#broken[@]} ))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
