#!/usr/bin/env bash
# packages.sh WORK VERSION: downloads and unpacks what compile.sh needs: Kubernetes' sources, Go, etcd and one Go library, all of them packages of
# Debian bookworm, verified by apt. apt gets lists, cache and an empty list of installed packages of its own in WORK/apt.
set -euxo pipefail
work=$1
version=$2
apt=$work/apt
mirror=$(bash "$(dirname "$0")/mirror.sh")

mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$work/downloads"
: > "$apt/status"
cat > "$apt/sources.list" << END
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main
END
# The last: root's apt would drop its rights to a user who cannot read WORK.
own=(
  -o "Dir::State=$apt" -o "Dir::State::Lists=$apt/lists" -o "Dir::State::Status=$apt/status"
  -o "Dir::Cache=$apt" -o "Dir::Cache::Archives=$apt/archives"
  -o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=/dev/null" -o "Dir::Etc::Preferences=/dev/null" -o "Dir::Etc::PreferencesParts=/dev/null"
  -o "Acquire::Languages=none" -o "Acquire::Retries=3" -o "APT::Get::List-Cleanup=false"
  -o "APT::Sandbox::User=$(id -un)"
)
packages=(golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev etcd-server)

apt-get "${own[@]}" update -q --error-on=any
cd "$work/downloads"
apt-get "${own[@]}" download -q "${packages[@]}"
apt-get "${own[@]}" source -q --download-only kubernetes
# What was used is written down beside the programs.
sources=$(ls kubernetes_*.dsc)
case $sources in *"$version"*) ;; *) echo "Debian has another Kubernetes: $sources"; exit 1 ;; esac

rm -rf "$work/root" "$work/go"
for package in "${packages[@]}"; do dpkg-deb -x "$package"_*.deb "$work/root"; done
mkdir -p "$work/go/src/k8s.io/kubernetes"
tar -xf kubernetes_*.orig.tar.gz -C "$work/go/src/k8s.io/kubernetes" --strip-components=1
ls -1 ./*.deb ./*.dsc | sed 's#^\./##' > "$work/packages.txt"
