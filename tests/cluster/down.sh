#!/usr/bin/env bash
# down.sh: ends what up.sh started and removes its data. A cluster that KUBECONFIG names is left alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=state.sh
. "$here/state.sh"

if id=$(keeper); then
  kill "$id"
  # etcd, kube-apiserver and kube-controller-manager end with it.
  timeout 20 tail --pid="$id" -f /dev/null || { kill -9 "$id"; timeout 20 tail --pid="$id" -f /dev/null; }
  say "ended (process $id)"
else
  say "there is none that runs"
fi
rm -rf "$state" "$state.lock"
