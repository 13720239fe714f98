# Each target says what it does, installs what it lacks where it can, and can be run again at once.
# Only the browser's half and the shipped server are built in target/ship; everything else in target/.

ADDR ?= 127.0.0.1:3000
DATABASE ?= sqlite://data/demo.sqlite3?mode=rwc
SHIPPED := target/ship/release/xiaoyuan

.PHONY: help run build assets server test bench fmt lint clean-demo

help: ## Says what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: build ## Starts the demo community at http://$(ADDR)
	@mkdir -p data
	@echo "==> Starting the demo at http://$(ADDR) (stop it with Ctrl-C; its data stay in data/)"
	@exec $(SHIPPED) serve --demo --addr '$(ADDR)' --database '$(DATABASE)'

build: server ## Builds what is shipped: one file, with the browser's half inside

assets:
	@echo "==> [1/2] The browser's half and the styles"
	@cargo xtask assets

server: assets
	@echo "==> [2/2] The server"
	@scripts/ship-cargo.sh build --package server --release

test: ## Tests everything, with a real PostgreSQL, SMTP server and browser
	@scripts/with-services.sh scripts/test.sh

bench: build ## Measures, in ratios of one run
	@scripts/bench.sh
	@scripts/with-services.sh scripts/bench-corpus.sh

fmt: ## Formats the code
	cargo fmt --all

lint: ## Checks format, lints and the arrows between the packages
	@echo "==> [1/4] Format"
	@cargo fmt --all --check
	@echo "==> [2/4] Lints of the server's side"
	@cargo clippy --workspace --exclude client --all-targets -- -D warnings
	@echo "==> [3/4] Lints of the browser's side"
	@cargo clippy --package client -- -D warnings
	@cargo clippy --package client --features forms -- -D warnings
	@echo "==> [4/4] Arrows"
	@cargo xtask arrows

clean-demo: ## Forgets the demo's data; the next start makes them anew
	@echo "==> Removing data/demo.sqlite3"
	@rm -rf data/demo.sqlite3 data/demo.sqlite3-wal data/demo.sqlite3-shm data/demo.sqlite3.files
