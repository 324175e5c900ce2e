# The two commands most people need: `make run` and `make test`.
CONFIGURATION ?= Release
DOTNET ?= dotnet
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help gitops run test test-e2e build manifests schema-facts format bench publish tools control-plane cluster-up cluster-down clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

gitops:
	@echo "building (the first time takes a minute or two) ..." >&2
	@$(DOTNET) build cli/GitOpsToolkit.Cli.csproj -c $(CONFIGURATION) -v quiet -nologo -clp:ErrorsOnly >&2

run: gitops ## Tell the whole story, then stay up to play with (ARGS=--once ends after the story; CLUSTER=real takes a real control plane)
	@[ "$(CLUSTER)" != real ] || [ -n "$$KUBECONFIG" ] || bash tests/cluster/control-plane.sh > /dev/null
	@exec cli/bin/$(CONFIGURATION)/net10.0/gitops sandbox --story $(if $(CLUSTER),--cluster $(CLUSTER)) $(ARGS)

build: ## Build everything, warnings as errors
	$(DOTNET) build GitOpsToolkit.sln -c $(CONFIGURATION) -nologo

test: build ## Build and run every test
	@CONFIGURATION=$(CONFIGURATION) DOTNET=$(DOTNET) bash tests/run.sh $(ARGS)

# What runs against a real control plane: KUBECONFIG's, or one that each suite starts for itself.
E2E ?= GitOpsToolkit.Integration.Tests GitOpsToolkit.ApiServerFidelity.Tests

test-e2e: ## Run the integration and fidelity suites on a real control plane (KUBECONFIG, KUBEBUILDER_ASSETS, or built)
	@[ -n "$$KUBECONFIG" ] || bash tests/cluster/control-plane.sh > /dev/null
	@for project in $(E2E); do $(DOTNET) build tests/$$project -c $(CONFIGURATION) -v quiet -nologo -clp:ErrorsOnly || exit 1; done
	@GITOPS_TEST_CLUSTER=real PROJECTS="$(E2E)" RESULTS=test-results-e2e CONFIGURATION=$(CONFIGURATION) bash tests/run.sh $(ARGS)

manifests: ## Write config/crd/bases from the records in api/
	$(DOTNET) run --project api/GitOpsToolkit.Api.Crds -c $(CONFIGURATION) -v quiet -- config/crd/bases

schema-facts: ## Write the merge keys of the built-in kinds from Debian's packages of kustomize and Kubernetes
	@bash tests/GitOpsToolkit.SchemaFacts/schema-facts.sh controllers/Foundation/GitOpsToolkit.Kustomize/Schema/merge-facts.txt

format: ## Apply the code style
	$(DOTNET) format GitOpsToolkit.sln

bench: ## Run the benchmark scenarios, each as a ratio against a peer in the same run
	$(DOTNET) run --project tests/GitOpsToolkit.Benchmarks -c $(CONFIGURATION) -- $(ARGS)

publish: ## Compile gitops-toolkit to a native executable, artifacts/native (takes gcc or clang, zlib and some minutes)
	$(DOTNET) publish controllers/Manager -c Release -p:Native=true -o artifacts/native -v quiet -nologo

control-plane: ## Have etcd, kube-apiserver and kube-controller-manager: built on Debian, once (KUBEBUILDER_ASSETS names others)
	@bash tests/cluster/control-plane.sh

cluster-up: ## Start a real control plane that stays up and print how to use it
	@bash tests/cluster/up.sh cli/bin/$(CONFIGURATION)/net10.0/gitops $(MAKE) -s gitops

cluster-down: ## End it and remove its data
	@bash tests/cluster/down.sh

tools: ## Install the programs that some tests use as peers (Debian packages; tests without them are skipped)
	bash tests/tools.sh

clean: ## Remove what builds made
	find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
	rm -rf artifacts
