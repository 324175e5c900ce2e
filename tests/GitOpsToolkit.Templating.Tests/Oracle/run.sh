#!/usr/bin/env bash
# run.sh WORK: answers the templates of questions.jsonl anew, into ../cases/go/rows.jsonl. See README.md.
set -euo pipefail
work=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
mirror=$(bash "$here/../../cluster/mirror.sh")
apt=$work/apt
packages=(golang-1.24-go golang-1.24-src golang-github-masterminds-sprig-dev golang-github-masterminds-semver-dev
  golang-github-masterminds-goutils-dev golang-github-huandu-xstrings-dev golang-github-google-uuid-dev golang-github-imdario-mergo-dev
  golang-github-shopspring-decimal-dev golang-github-mitchellh-copystructure-dev golang-github-mitchellh-reflectwalk-dev
  golang-github-spf13-cast-dev golang-golang-x-crypto-dev golang-golang-x-sys-dev)

if [ ! -d "$work/root" ]; then
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$work/downloads"
  : > "$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$apt/sources.list"
  own=(-o "Dir::State=$apt" -o "Dir::State::Lists=$apt/lists" -o "Dir::State::Status=$apt/status" -o "Dir::Cache=$apt"
    -o "Dir::Cache::Archives=$apt/archives" -o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=/dev/null"
    -o "Dir::Etc::Preferences=/dev/null" -o "Dir::Etc::PreferencesParts=/dev/null" -o "Acquire::Languages=none"
    -o "Acquire::Retries=3" -o "APT::Sandbox::User=$(id -un)")
  apt-get "${own[@]}" update -q --error-on=any
  (cd "$work/downloads" && apt-get "${own[@]}" download -q "${packages[@]}")
  for package in "$work"/downloads/*.deb; do dpkg-deb -x "$package" "$work/root"; done
fi

export GOROOT=$work/root/usr/lib/go-1.24 GOPATH=$work/gopath GOCACHE=$work/gocache
export GO111MODULE=off GOFLAGS= GOTOOLCHAIN=local CGO_ENABLED=0 TZ=UTC
rm -rf "$GOPATH" && mkdir -p "$GOPATH"
cp -r "$work/root/usr/share/gocode/src" "$GOPATH/src"
cp -r "$here/src/oracle" "$GOPATH/src/oracle"
"$GOROOT/bin/go" build -o "$work/oracle" oracle
"$work/oracle" "$here/data.json" < "$here/questions.jsonl" > "$here/../cases/go/rows.jsonl"
wc -l < "$here/../cases/go/rows.jsonl"
