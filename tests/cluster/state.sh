# Sourced by up.sh and down.sh: where the cluster is, and whether it runs.
state=${GITOPS_CLUSTER:-${HOME:?is not set}/.cache/gitops-toolkit/cluster}
say() { echo "cluster: $*" >&2; }

# The process that keeps the cluster, if it is one: a number in a file may by now be somebody else's.
keeper() {
  local id
  id=$(cat "$state/pid" 2> /dev/null) || return 1
  [ -r "/proc/$id/cmdline" ] && tr '\0' ' ' < "/proc/$id/cmdline" | grep -qF "control-plane --folder $state" && echo "$id"
}
