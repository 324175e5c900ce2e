#!/usr/bin/env bash
# Prints the folder that holds apiextensions-apiserver, the server of custom resources of the newest Kubernetes that Debian packages; builds it
# first where there is none. The fidelity suite compares the sandbox with it, beside the (older) kube-apiserver of control-plane.sh.
#   GITOPS_EXTENSIONS_APISERVER  where it is kept (default ~/.cache/gitops-toolkit/extensions-apiserver)
#   GITOPS_DEBIAN_MIRROR         where Debian's packages come from (default: the mirror of this machine's apt)
# The packages are sid's: unpacked, never installed, verified by apt. No root is needed. What is said goes to standard error.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${GITOPS_EXTENSIONS_APISERVER:-${HOME:?is not set}/.cache/gitops-toolkit/extensions-apiserver}
program=apiextensions-apiserver
say() { echo "extensions API server: $*" >&2; }

newest() { find "$cache" -mindepth 2 -maxdepth 2 -path "$cache/[0-9]*/$program" -printf '%h\n' 2> /dev/null | sort -V | tail -1; }
if [ -n "$(newest)" ]; then newest; exit; fi

mkdir -p "$cache"
exec 9> "$cache/.lock"
flock 9
if [ -n "$(newest)" ]; then newest; exit; fi

log=$cache/build.log
began=$SECONDS
say "building it from packages of Debian sid: about 3 minutes on two cores, 2.5 GB for that time, once; the log is $log"

if ! bash "$here/extensions-apiserver/build.sh" "$cache" > "$log" 2>&1; then
  tail -n 15 "$log" >&2
  say "building it failed; the end of $log is above"
  exit 1
fi
rm -rf "$cache/.build"
say "ready: $(newest) ($((SECONDS - began)) s)"
newest
