# Rajut. Every target is a small script in scripts/, which says what it does and what it lacks.
.PHONY: help run test bench bare dist advisories lint fmt clean recordings

help:
	@echo 'make run         build and play a year of the procedure over the demo regency'
	@echo 'make test        every check there is; as root (network namespaces, TUN)'
	@echo 'make lint        format, clippy and the front-end checks only'
	@echo 'make fmt         put every file into its format'
	@echo 'make bench       measures, in a release build, beside a peer'
	@echo 'make recordings DIR=...  how far recorded devices are named as expected'
	@echo 'make bare        make run and make test inside a fresh Debian 12; as root'
	@echo 'make dist        the release: one binary and a .deb, in target/dist/'
	@echo 'make advisories  ask the advisory database about our dependencies; needs a network'
	@echo 'make clean       remove everything that was built or fetched'

run:
	@scripts/run

test:
	@scripts/test

lint:
	@scripts/lint

fmt:
	@scripts/fmt

bench:
	@scripts/bench

recordings:
	@scripts/recordings $(DIR)

bare:
	@scripts/bare

dist:
	@scripts/dist

advisories:
	@scripts/advisories

clean:
	rm -rf target .venv .cache demo artifacts frontend/dist frontend/node_modules e2e/node_modules
