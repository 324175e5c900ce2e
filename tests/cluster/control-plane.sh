#!/usr/bin/env bash
# Prints the folder that holds etcd, kube-apiserver and kube-controller-manager; builds them first where there are none.
#   KUBEBUILDER_ASSETS      a folder that has them already (kube-controller-manager may be absent)
#   GITOPS_CONTROL_PLANE    where they are kept (default ~/.cache/gitops-toolkit/control-plane)
#   GITOPS_DEBIAN_MIRROR    where Debian's packages come from (default: the mirror of this machine's apt)
# Nothing is installed into the system, and no root is needed. What is said goes to standard error.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=1.20.2
cache=${GITOPS_CONTROL_PLANE:-${HOME:?is not set}/.cache/gitops-toolkit/control-plane}
programs=(etcd kube-apiserver kube-controller-manager)
# Sources, compiler and the compiler's cache, while it builds.
needed_mib=3500

say() { echo "control plane: $*" >&2; }
fail() { say "$*"; exit 1; }

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  for program in etcd kube-apiserver; do
    [ -x "$KUBEBUILDER_ASSETS/$program" ] || fail "KUBEBUILDER_ASSETS names $KUBEBUILDER_ASSETS, which holds no $program"
  done
  echo "$KUBEBUILDER_ASSETS"
  exit
fi

complete() { local program; for program in "${programs[@]}"; do [ -x "$cache/$version/$program" ] || return 1; done; }
if complete; then echo "$cache/$version"; exit; fi

instead="set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver, or KUBECONFIG to a cluster for tests"
for program in apt-get dpkg-deb flock gpgv setsid; do
  command -v "$program" > /dev/null || fail "there is none, and it can be built only where Debian's apt is ($program is missing): $instead"
done
[ -r /usr/share/keyrings/debian-archive-keyring.gpg ] ||
  fail "there is none, and Debian's packages cannot be verified without its keys (package debian-archive-keyring): $instead"

mkdir -p "$cache" || fail "$cache cannot be made: set GITOPS_CONTROL_PLANE to a folder that can be written to"
exec 9> "$cache/.lock"
if ! flock --nonblock 9; then
  say "another run is building it; waiting for that"
  flock 9
  if complete; then echo "$cache/$version"; exit; fi
fi

free_mib=$(df --output=avail -BM "$cache" | tail -1 | tr -dc 0-9)
[ "$free_mib" -ge "${GITOPS_CONTROL_PLANE_NEEDS:-$needed_mib}" ] ||
  fail "building it needs $needed_mib MiB in $cache for a while, and there are $free_mib: make room, or set GITOPS_CONTROL_PLANE to another disk"

# One folder for all attempts: what an interrupted one has downloaded and compiled is used again.
work=$cache/.build-$version
log=$cache/build-$version.log
mkdir -p "$work"
: > "$log"
say "building Kubernetes $version from Debian's source package: 3 to 6 minutes on two cores, once; the log is $log"
began=$SECONDS
step() { say "$1 ($((SECONDS - began)) s)"; echo "== $1" >> "$log"; }
run() {
  step "$1"
  # In the background and as a group of its own, so that a signal to this script is acted on at once and ends all of the step.
  setsid env -i HOME="$work" PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${no_proxy:+no_proxy="$no_proxy"} ${APT_CONFIG:+APT_CONFIG="$APT_CONFIG"} \
    ${GITOPS_DEBIAN_MIRROR:+GITOPS_DEBIAN_MIRROR="$GITOPS_DEBIAN_MIRROR"} \
    bash "$here/$2" "$work" "$version" >> "$log" 2>&1 &
  child=$!
  trap 'kill -- "-$child" 2> /dev/null; fail "stopped; the next run goes on where this one was"' INT TERM HUP
  wait "$child" || { tail -n 15 "$log" >&2; fail "$1 failed; the end of $log is above. Try again; if that does not help, $instead"; }
  trap - INT TERM HUP
}

run "getting packages" packages.sh
run "compiling" compile.sh

# In one move: the folder is there whole or not at all.
rm -rf "${cache:?}/$version"
mv "$work/out" "$cache/$version"
rm -rf "$work"
step "ready: $cache/$version"
echo "$cache/$version"
