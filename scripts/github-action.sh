#!/bin/bash
# The step of action.yml: checks what the inputs say, as annotations and, if asked for, once more as SARIF. Inputs come
# as variables and are never part of a command.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
program="$here/dist/allocpolicy.cjs"
if [ ! -f "$program" ]; then
  echo "::group::Building AllocPolicy"
  (cd "$here" && npm run build)
  echo "::endgroup::"
fi

options=(--fail-on "${ALLOCPOLICY_FAIL_ON:-error}")
if [ -n "${ALLOCPOLICY_KERNEL:-}" ]; then options+=(--kernel "$ALLOCPOLICY_KERNEL"); fi
if [ -n "${ALLOCPOLICY_BASELINE:-}" ]; then options+=(--baseline "$ALLOCPOLICY_BASELINE"); fi
if [ -n "${ALLOCPOLICY_SHARD:-}" ]; then options+=(--shard "$ALLOCPOLICY_SHARD"); fi
if [ -n "${ALLOCPOLICY_CACHE:-}" ]; then options+=(--cache "$ALLOCPOLICY_CACHE"); fi
paths=()
while IFS= read -r path; do
  if [ -n "$path" ]; then paths+=("$path"); fi
done <<< "${ALLOCPOLICY_PATHS:-.}"
if [ -n "${ALLOCPOLICY_GIT:-}" ]; then
  options+=("--git=$ALLOCPOLICY_GIT")
  paths=()
fi

if [ -n "${ALLOCPOLICY_SARIF:-}" ]; then
  # Whether something was found says the run that follows; here only what is worse counts.
  status=0
  node "$program" check "${options[@]}" --format sarif -- ${paths[@]+"${paths[@]}"} > "$ALLOCPOLICY_SARIF" || status=$?
  if [ "$status" -gt 1 ]; then exit "$status"; fi
fi
node "$program" check "${options[@]}" --format github -- ${paths[@]+"${paths[@]}"}
