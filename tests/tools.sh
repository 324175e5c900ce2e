#!/usr/bin/env bash
# Installs the programs that some tests use as peers: kubectl, skopeo, docker-registry, cosign and notation, from Debian's packages.
# Where there is no apt-get, or no right to use it, it says so and those tests are skipped with a message.
set -u
tools=${GITOPS_TOOLS:-$HOME/.cache/gitops-toolkit/tools}
mkdir -p "$tools/bin"
export PATH="$tools/bin:$PATH:/usr/sbin"
command -v apt-get > /dev/null || { echo "tools: no apt-get here; tests that need kubectl, skopeo, docker-registry, nginx or sshd are skipped"; exit 0; }

updated=
refresh() { [ -n "$updated" ] || { apt-get update -qq > /dev/null 2>&1 && updated=yes; }; }

# One static program without dependencies worth installing: unpacked, so that no service is started.
unpack() {
  local program=$1 package=$2 dir
  command -v "$program" > /dev/null && return
  refresh
  dir=$(mktemp -d)
  if (cd "$dir" && apt-get download -qq "$package" > /dev/null 2>&1 && dpkg -x ./*.deb "$dir/root"); then
    find "$dir/root" -type f -name "$program" -perm -u+x -exec cp {} "$tools/bin/$program" \;
  fi
  rm -rf "$dir"
  command -v "$program" > /dev/null || echo "tools: $program could not be had; its tests are skipped"
}

installed() {
  local program=$1 package=$2
  command -v "$program" > /dev/null && return
  [ "$(id -u)" -eq 0 ] || { echo "tools: $program is missing and only root can install it; its tests are skipped"; return; }
  refresh
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" > /dev/null 2>&1 ||
    echo "tools: $program could not be installed; its tests are skipped"
}

# A static program that Debian has in its unstable branch only: unpacked, from lists of its own, verified by apt.
newest() {
  local program=$1 package=$2 apt=$tools/apt mirror dir own
  command -v "$program" > /dev/null && return
  if mirror=$(bash "$(dirname "$0")/cluster/mirror.sh" 2> /dev/null); then
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    : > "$apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$apt/sources.list"
    own=(
      -o "Dir::State=$apt" -o "Dir::State::Lists=$apt/lists" -o "Dir::State::Status=$apt/status"
      -o "Dir::Cache=$apt" -o "Dir::Cache::Archives=$apt/archives"
      -o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=/dev/null" -o "Dir::Etc::Preferences=/dev/null" -o "Dir::Etc::PreferencesParts=/dev/null"
      -o "Acquire::Languages=none" -o "APT::Sandbox::User=$(id -un)"
    )
    [ -n "${newest_updated:-}" ] || { apt-get "${own[@]}" update -qq > /dev/null 2>&1 && newest_updated=yes; }
    dir=$(mktemp -d)
    if (cd "$dir" && apt-get "${own[@]}" download -qq "$package" > /dev/null 2>&1 && dpkg -x ./*.deb "$dir/root"); then
      find "$dir/root" -type f -name "$program" -perm -u+x -exec cp {} "$tools/bin/$program" \;
    fi
    rm -rf "$dir"
  fi
  command -v "$program" > /dev/null || echo "tools: $program could not be had; its tests are skipped"
}

# A library beside an unpacked program.
library() {
  local file=$1 package=$2 dir
  ls "$tools/lib/$file"* > /dev/null 2>&1 || ldconfig -p 2> /dev/null | grep -q "$file" && return
  refresh
  dir=$(mktemp -d); mkdir -p "$tools/lib"
  if (cd "$dir" && apt-get download -qq "$package" > /dev/null 2>&1 && dpkg -x ./*.deb "$dir/root"); then
    find "$dir/root" -name "$file*" -path '*/lib/*' -not -path '*/doc/*' -exec cp -P {} "$tools/lib/" \;
  fi
  rm -rf "$dir"
}

unpack kubectl kubernetes-client
unpack docker-registry docker-registry
# The peers of the Git client; tests start them on loopback as children without rights. libnss-wrapper gives sshd an account of its own.
unpack nginx nginx
unpack sshd openssh-server
library libwrap.so libwrap0
library libnss_wrapper.so libnss-wrapper
installed ssh openssh-client
installed gpg gnupg
installed skopeo skopeo
newest cosign cosign
newest notation notation
# The peer of the manifest engine, in the version that its answers are recorded from.
newest kustomize kustomize
