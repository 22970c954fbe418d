# Each target is a command that you can also type yourself.

build: ; swift build
unit: ; swift build --build-tests && Tests/run --unit
test: ; swift build --build-tests && Tests/run
nightly: ; contrib/nightly.sh
lint: ; contrib/lint.sh
fuzz: ; swift build --build-tests && SOLTI_FUZZ_SECONDS=$${SOLTI_FUZZ_SECONDS:-60} Tests/run --filter 'Tests\.FuzzTests$$'
bench: ; swift run -c release matrix-bench
bench-peers: ; swift build -c release --product matrix && swift run -c release matrix-bench --peers --only 'static-*' --only dead-host
docs-check: ; swift build --build-tests && Tests/run --filter '(PageTests|PagesTests|SchemaCommandTests|ExaminationTests)$$'
pictures: ; swift build --product matrix && fixtures/pictures/make.sh
install: ; ./install.sh
release: ; packaging/release.sh
release-check: ; packaging/release-check.sh

.PHONY: build unit test nightly lint fuzz bench bench-peers docs-check pictures install release release-check
