# The two commands most people need: `make run` and `make test`.
CONFIGURATION ?= Release
DOTNET ?= dotnet
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test build manifests format bench tools clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Tell the whole story on this machine, then stay up to play with (ARGS=--once ends after the story)
	@echo "building (the first time takes a minute or two) ..."
	@$(DOTNET) build cli/GitOpsToolkit.Cli.csproj -c $(CONFIGURATION) -v quiet -nologo -clp:ErrorsOnly
	@exec cli/bin/$(CONFIGURATION)/net10.0/gitops sandbox --story $(ARGS)

build: ## Build everything, warnings as errors
	$(DOTNET) build GitOpsToolkit.sln -c $(CONFIGURATION) -nologo

test: build ## Build and run every test
	@CONFIGURATION=$(CONFIGURATION) DOTNET=$(DOTNET) bash tests/run.sh $(ARGS)

manifests: ## Write config/crd/bases from the records in api/
	$(DOTNET) run --project api/GitOpsToolkit.Api.Crds -c $(CONFIGURATION) -v quiet -- config/crd/bases

format: ## Apply the code style
	$(DOTNET) format GitOpsToolkit.sln

bench: ## Run the benchmark scenarios, each as a ratio against a peer in the same run
	$(DOTNET) run --project tests/GitOpsToolkit.Benchmarks -c $(CONFIGURATION) -- $(ARGS)

tools: ## Install the programs that some tests use as peers (Debian packages; tests without them are skipped)
	bash tests/tools.sh

clean: ## Remove what builds made
	find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
	rm -rf artifacts
