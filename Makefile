# Everything a newcomer needs: `make test` prepares a fresh Debian machine and runs all there is.
# `make help` lists the rest.

FUZZTIME ?= 3s
GO ?= go

.PHONY: help run test prepare check unit fuzz bench silence gallery

help: ## list what can be made
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the demo on http://127.0.0.1:8080
	$(GO) run ./cmd/twohens demo

test: prepare check unit fuzz ## set everything up and run every test

prepare: ## install what the tests need: PostgreSQL, Postfix, Kannel, Chromium, fonts, axe-core
	@script/prepare

check: ## formatting, vet, staticcheck, a build without cgo, known vulnerabilities
	@script/check

# The walks in a browser come by themselves, without the race detector: the handlers behind them are under it in internal/web, and a
# browser that waits for a slowed server on two cores waits most of its time.
unit: ## every test, under the race detector; then the long attack and the walks in a browser
	$(GO) test -race -timeout 20m $$($(GO) list ./... | grep -v /internal/browser)
	$(GO) test -timeout 20m -run TestAttackPumping ./internal/engine
	$(GO) test -timeout 20m ./internal/browser

fuzz: ## every fuzz target for FUZZTIME each
	@script/fuzz $(FUZZTIME)

bench: ## the figures of the README, as a table
	@script/bench

# SILENCE=-help tells of the cells and of all flags; SILENCE='-most 1m choose' measures one.
silence: ## whether answers tell who has an account, by their bytes and by their times: half a day
	@script/silence $(SILENCE)

gallery: ## every page in every state as files, for looking at
	$(GO) test ./internal/web/page -run TestGallery -gallery $(CURDIR)/.cache/gallery
