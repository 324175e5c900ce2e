#!/usr/bin/env bash
# up.sh GITOPS BUILD...: starts a control plane that stays up, and prints the line that makes kubectl and the tests use it:
#   eval "$(make -s cluster-up)"
# GITOPS is the program that starts it, BUILD the command that builds that.
# Where KUBECONFIG names a cluster already, that one is used and nothing is started.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
gitops=$1
shift
# shellcheck source=state.sh
. "$here/state.sh"

if [ -n "${KUBECONFIG:-}" ] && [ "$KUBECONFIG" != "$state/kubeconfig" ]; then
  say "KUBECONFIG is set: its cluster is used, nothing is started"
  echo "export KUBECONFIG=$KUBECONFIG"
  exit
fi

mkdir -p "$(dirname "$state")"
exec 8> "$state.lock"
flock 8
if id=$(keeper); then
  say "it is up (process $id)"
else
  KUBEBUILDER_ASSETS=$(bash "$here/control-plane.sh")
  export KUBEBUILDER_ASSETS
  # Build servers stay behind: they must not keep the lock.
  "$@" >&2 8>&-
  rm -rf "$state"
  mkdir -p -m 700 "$state"
  # A session of its own, so that it outlives this terminal; without the locks of this script.
  setsid "$gitops" control-plane --folder "$state" > "$state/log" 2>&1 < /dev/null 8>&- 9>&- &
  echo $! > "$state/pid"
  until [ -s "$state/kubeconfig" ]; do
    # By the shell's own book: just after its start the process is not yet the program that keeper knows.
    if [ -z "$(jobs -rp)" ]; then
      say "it did not start:"
      cat "$state/log" >&2
      exit 1
    fi
    sleep 0.1
  done
  head -2 "$state/log" >&2
fi
echo "export KUBECONFIG=$state/kubeconfig"
