#!/usr/bin/env bash
# compile.sh WORK VERSION: makes WORK/out with etcd, kube-apiserver and kube-controller-manager from what packages.sh unpacked.
# In Go's GOPATH mode: the tree holds all that it needs under vendor/.
set -euxo pipefail
work=$1
version=$2
export GOPATH=$work/go GOROOT=$work/root/usr/lib/go-1.19 GOCACHE=$work/go-cache GOTMPDIR=$work/go-tmp
export GO111MODULE=off GOFLAGS="" GOPROXY=off CGO_ENABLED=0 PATH=$GOROOT/bin:$PATH
mkdir -p "$GOTMPDIR"
tree=$GOPATH/src/k8s.io/kubernetes
cd "$tree"

# The library in the tree is from before Go 1.18 and crashes with it at the first custom resource.
rm -rf vendor/github.com/modern-go/reflect2
cp -r "$work/root/usr/share/gocode/src/github.com/modern-go/reflect2" vendor/github.com/modern-go/

# The description of all types is generated, from the packages that ask for it.
go build -o "$work/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
packages=$(grep -rlE '^// *\+k8s:openapi-gen=true' --include='*.go' pkg cmd staging/src |
  xargs -n1 dirname | sort -u |
  grep -vE 'sample-|/testing|code-generator|crd/apis' |
  sed -E 's#^staging/src/#vendor/#; s#^#k8s.io/kubernetes/#' | paste -sd,)
: > "$work/no-boilerplate"
"$work/openapi-gen" -O zz_generated.openapi -h "$work/no-boilerplate" -i "$packages" \
  -p k8s.io/kubernetes/pkg/generated/openapi -r "$work/violations.txt" -o "$GOPATH/src"

# Both packages tell a version: one in the log, the other to clients.
flags="-s -w"
for package in component-base/version client-go/pkg/version; do
  name=k8s.io/kubernetes/vendor/k8s.io/$package
  minor=${version#*.}
  flags+=" -X $name.gitVersion=v$version -X $name.gitMajor=${version%%.*} -X $name.gitMinor=${minor%%.*} -X $name.gitTreeState=archive"
done
mkdir -p "$work/out"
go build -ldflags "$flags" -o "$work/out/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager
cp "$work/root/usr/bin/etcd" "$work/packages.txt" "$work/out/"

"$work/out/etcd" --version
"$work/out/kube-apiserver" --version
"$work/out/kube-controller-manager" --version
