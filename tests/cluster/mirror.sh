#!/usr/bin/env bash
# Prints where Debian's packages come from: GITOPS_DEBIAN_MIRROR, else the mirror that this machine's apt is set up with.
set -euo pipefail
mirror=${GITOPS_DEBIAN_MIRROR:-$(apt-get update --print-uris 2> /dev/null | sed -nE "s#^'([^']*/debian)/dists/[a-z]+/InRelease'.*#\1#p" | head -1 || true)}
[ -n "$mirror" ] || { echo "this machine's apt has no mirror of Debian; name one in GITOPS_DEBIAN_MIRROR" >&2; exit 1; }
echo "$mirror"
