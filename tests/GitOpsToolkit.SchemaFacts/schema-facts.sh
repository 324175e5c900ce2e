#!/usr/bin/env bash
# schema-facts.sh OUTPUT: writes the merge facts of the built-in kinds from packages of Debian sid: kustomize's library, which embeds the schema
# that kustomize merges by, and Kubernetes' API types. The packages are unpacked, never installed, and verified by apt; no root is needed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
output=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial"
: > "$work/status"
mirror=$(bash "$here/../cluster/mirror.sh")
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$work/sources.list"
own=(
  -o "Dir::State=$work" -o "Dir::State::Lists=$work/lists" -o "Dir::State::Status=$work/status"
  -o "Dir::Cache=$work" -o "Dir::Cache::Archives=$work/archives"
  -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=/dev/null" -o "Dir::Etc::Preferences=/dev/null" -o "Dir::Etc::PreferencesParts=/dev/null"
  -o "Acquire::Languages=none" -o "APT::Sandbox::User=$(id -un)"
)
apt-get "${own[@]}" update -qq --error-on=any
cd "$work"
apt-get "${own[@]}" download -qq golang-k8s-sigs-kustomize-kyaml-dev golang-k8s-api-dev golang-k8s-apimachinery-dev golang-k8s-apiextensions-apiserver-dev
for package in *.deb; do dpkg-deb -x "$package" root; done
mapfile -t versions < <(ls -1 ./*.deb | sed -E 's#^\./(.*)_(.*)_.*#Debian package \1 \2#')
minor=$(ls golang-k8s-api-dev_*.deb | sed -E 's/.*_0\.([0-9]+)\..*/\1/')
dotnet run --project "$here" -c "${CONFIGURATION:-Release}" -v quiet -- "$work/root/usr/share/gocode/src" "$minor" "$output" "${versions[@]}"
