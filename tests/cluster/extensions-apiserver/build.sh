#!/usr/bin/env bash
# build.sh CACHE: makes CACHE/VERSION/apiextensions-apiserver from packages of Debian sid and main.go, in CACHE/.build.
set -euxo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$1
work=$cache/.build
program=apiextensions-apiserver

apt=$work/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$work/downloads" "$work/tmp"
: > "$apt/status"
mirror=$(bash "$here/../mirror.sh")
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$apt/sources.list"
own=(
  -o "Dir::State=$apt" -o "Dir::State::Lists=$apt/lists" -o "Dir::State::Status=$apt/status"
  -o "Dir::Cache=$apt" -o "Dir::Cache::Archives=$apt/archives"
  -o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=/dev/null" -o "Dir::Etc::Preferences=/dev/null" -o "Dir::Etc::PreferencesParts=/dev/null"
  -o "Acquire::Languages=none" -o "Acquire::Retries=3" -o "APT::Sandbox::User=$(id -un)"
)
apt-get "${own[@]}" update -q --error-on=any
(cd "$work/downloads" && xargs apt-get "${own[@]}" download -q < "$here/packages.txt")
rm -rf "$work/root" "$work/go"
for package in "$work"/downloads/*.deb; do dpkg-deb -x "$package" "$work/root"; done

# Debian's Go libraries lie as a GOPATH wants them.
mkdir -p "$work/go"
ln -s "$work/root/usr/share/gocode/src" "$work/go/src"
export GOPATH=$work/go GOROOT=$work/root/usr/lib/go-1.26 GOCACHE=$work/go-cache GOTMPDIR=$work/tmp
export GO111MODULE=off GOFLAGS="" GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0
# The library 0.36.4 is of Kubernetes 1.36.4.
version=$(basename "$work"/downloads/golang-k8s-apiextensions-apiserver-dev_0.*.deb | sed -E 's/.*_0\.([0-9.]+)-.*/1.\1/')
name=k8s.io/component-base/version
minor=${version#*.}
"$GOROOT/bin/go" build -o "$work/out/$program" -ldflags "-s -w -X $name.gitVersion=v$version -X $name.gitMajor=1 -X $name.gitMinor=${minor%%.*}" \
  "$here/main.go"
(cd "$work/downloads" && ls -1 ./*.deb) | sed 's#^\./##' > "$work/out/packages.txt"
# In one move: the folder is there whole or not at all.
mv "$work/out" "$cache/$version"
