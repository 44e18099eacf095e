# `make` lists the targets. Everything they install or download stays in .cache/.

GOLANGCI_VERSION    := v2.15.0
GOVULNCHECK_VERSION := v1.9.0

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X github.com/shopstream/shopstream/internal/version.version=$(VERSION)
TOOLS    := $(CURDIR)/.cache/bin
GOLANGCI := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
VULN     := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)

# The demo's world: shops of each platform, full days before today, orders a day of each shop.
SHOPS  ?= 2
DAYS   ?= 14
ORDERS ?= 200

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: ## say what this machine lacks, and how to install it
	@scripts/check.sh

.PHONY: build
build: ## build bin/shopstream, static
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/shopstream .

.PHONY: fmt
fmt: $(GOLANGCI) ## format the code
	$(GOLANGCI) fmt

.PHONY: lint
lint: $(GOLANGCI) ## check style, layers and likely bugs
	$(GOLANGCI) run

.PHONY: vuln
vuln: $(VULN) ## look for known vulnerabilities; STRICT=1 fails when their database cannot be reached
	@scripts/vuln.sh $(VULN)

# One package at a time: some tests hold the program to bounds of time, which other tests beside them would break.
GO_TEST := go test -race -p 1 -timeout 40m $(TESTFLAGS) ./...

.PHONY: test
test: check mongod ## run all tests, Kafka being the fake in process
	$(GO_TEST)

.PHONY: test-kafka
test-kafka: check mongod ## run all tests against a real Apache Kafka
	go run ./internal/kafkatest/broker -- $(GO_TEST)

.PHONY: test-sdk
test-sdk: ## drive the simulator with clients that others wrote for the real platforms; needs node, npm and python3
	@scripts/sdk.sh
	go test -count=1 -tags sdk $(TESTFLAGS) ./internal/simulator/sdk

.PHONY: chaos
chaos: check build mongod ## run the tests that take minutes, then break everything for ten minutes with each of SEEDS="1 2 3"
	go run ./internal/kafkatest/broker -- go test -count=1 -p 1 -tags chaos -timeout 60m -run '$(or $(RUN),^TestLong)' $(TESTFLAGS) ./...
	@go run ./internal/kafkatest/broker -- scripts/chaos.sh

.PHONY: generate
generate: ## write generated files anew
	go generate ./...

.PHONY: verify
verify: generate ## fail when a generated file is not what its source makes of it
	@changed="$$(git status --porcelain)"; test -z "$$changed" || { \
		echo "verify: these differ from what is committed; run make generate and commit:"; echo "$$changed"; exit 1; }

.PHONY: mongod
mongod: ## get a mongod into .cache/, unless there is one
	@scripts/mongod.sh

.PHONY: up
up: ## start Apache Kafka and MongoDB in containers, on 127.0.0.1
	docker compose up --detach --wait

.PHONY: down
down: ## remove these containers; their data stays
	docker compose down

# A failing make adds a line of its own after the recipe's. The verdict of the demo is promised to be the last line, so a
# failure ends make by the signal that it takes as "stop, fail, and say nothing" (exit code 1).
.PHONY: demo
demo: check build mongod ## copy a simulated world into MongoDB and compare; SHOPS=2 DAYS=14 ORDERS=200 scale it
	@bin/shopstream demo --shops $(SHOPS) --days $(DAYS) --orders $(ORDERS) || kill -QUIT $$PPID

.PHONY: bench
bench: mongod ## measure, write bench.json and show it beside what it is held to
	rm -f bench.json
	SHOPSTREAM_BENCH_JSON=$(CURDIR)/bench.json go test -run '^$$' -bench '^Benchmark(Sink|Transformer|Lane)$$' -benchtime 1x -p 1 -timeout 10m \
		./sinks/mongo ./transformers/... ./producers/fetcher
	@go run ./internal/bench/table bench.json

.PHONY: memory
memory: build mongod ## show that memory does not grow with the size of a plan; takes a quarter of an hour
	@scripts/memory.sh

.PHONY: clean
clean: ## remove what was built; downloads in .cache/ stay
	rm -rf bin bench.json

$(GOLANGCI):
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@

$(VULN):
	GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
	mv $(TOOLS)/govulncheck $@
