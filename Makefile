# Everything that is done with randmap from its sources. `make` alone says what there is.

PREFIX = /usr/local
DESTDIR =
# How many configurations make oracle compares.
ORACLE = 4000
# Which parts make bench measures, all where there is none: table growth directory pools screen idle probes pace slow
# delay lookups memory.
PARTS =
# How many seconds make fuzz tries the configurations, and a quarter of it each of the other parsers.
FUZZ = 300
# Those others (Tests/Fuzzing/WireParsers.swift); each has its findings in a directory of its name.
FUZZ_PARTS = replies names themes settings journal agentReport queueListing spoken requests reports greetings netstrings

SWIFT = swift
# A call of the program is mostly its start. So the libraries that it needs are linked into it, by the toolchain's own
# linker, where there are archives of them (make deps collects these in .build/static); and types are named to the
# runtime directly: finding them by their names means a search through all conformances.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib \
  $(addprefix -Xswiftc ,-use-ld=lld -L$(CURDIR)/.build/static -Xclang-linker -static-libgcc \
  -Xfrontend -disable-concrete-type-metadata-mangled-name-accessors)
SOURCES = Package.swift Sources Tests Benchmarks

AS_ROOT = $(if $(filter-out 0,$(shell id -u)),sudo)

bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share
manual = .build/manual/randmap.1

.PHONY: help deps test-deps build run test oracle fuzz lint format bench install uninstall clean

help: ## say what there is (what make does when asked for nothing)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

deps: ## install what the build needs beside Swift 6: the ncurses headers
	@command -v $(SWIFT) > /dev/null || { echo "Swift 6.2 or later is missing: https://swift.org/install" >&2; exit 1; }
	@.ci/packages git=git curses.h=libncurses-dev
	@mkdir -p .build/static
	@for library in stdc++ ncursesw tinfo; do \
	  archive=$$(clang -print-file-name=lib$$library.a 2> /dev/null || gcc -print-file-name=lib$$library.a); \
	  [ ! -f "$$archive" ] || ln -sf "$$archive" .build/static/; \
	done

test-deps: deps ## install what the tests need: Postfix (not started), tmux, dnsmasq, patch, openssl, ip
	@.ci/packages postfix=postfix postfix:lmdb=postfix-lmdb postfix:pcre=postfix-pcre postfix:cdb=postfix-cdb tmux=tmux \
	  dnsmasq=dnsmasq-base patch=patch openssl=openssl ip=iproute2 unshare=util-linux

build: deps ## build the release program, .build/release/randmap, and its manual page
	$(RELEASE) --product randmap
	$(RELEASE) --product generate-manual
	@mkdir -p $(dir $(manual))
	.build/release/generate-manual .build/release/randmap --output-directory $(dir $(manual))

run: deps ## build the program and open its console on a demonstration
	$(RELEASE) --product randmap
	.build/release/randmap --demo

# master(8) starts for root only, so an ordinary user's tests run with sudo; what they build stays the user's own.
test: test-deps ## run all tests (with sudo where it is not root that calls)
	$(SWIFT) build --build-tests
	@[ "$$(id -u)" = 0 ] || echo "Postfix starts for root only: running the tests with sudo"
	$(AS_ROOT) .build/debug/randmapPackageTests.xctest --testing-library swift-testing

oracle: test-deps ## compare thousands of configurations with a real Postfix's answers
	RANDMAP_ORACLE_CONFIGURATIONS=$(ORACLE) $(SWIFT) test --filter OracleTests

fuzz: deps ## give the parsers broken input (FUZZ seconds); what finds new ways is kept in Tests/Fuzzing/found and wire
	RANDMAP_FUZZ=1 $(SWIFT) build --scratch-path .build-fuzz --product randmap-fuzz
	@mkdir -p .build-fuzz/corpus
	.build-fuzz/debug/randmap-fuzz -max_total_time=$(FUZZ) -max_len=2048 -timeout=30 -rss_limit_mb=4096 \
	  -dict=Tests/Fuzzing/words -artifact_prefix=.build-fuzz/ .build-fuzz/corpus Tests/Fuzzing/found
	.build-fuzz/debug/randmap-fuzz -set_cover_merge=1 -max_len=48 Tests/Fuzzing/found .build-fuzz/corpus
	@for part in $(FUZZ_PARTS); do \
	  echo "make fuzz: $$part"; \
	  mkdir -p .build-fuzz/$$part Tests/Fuzzing/wire/$$part; \
	  RANDMAP_FUZZ_PART=$$part .build-fuzz/debug/randmap-fuzz -max_total_time=$$(($(FUZZ) / 4)) -max_len=1024 \
	    -timeout=30 -rss_limit_mb=4096 -artifact_prefix=.build-fuzz/$$part- .build-fuzz/$$part \
	    Tests/Fuzzing/wire/$$part || exit 1; \
	  RANDMAP_FUZZ_PART=$$part .build-fuzz/debug/randmap-fuzz -set_cover_merge=1 -max_len=96 \
	    Tests/Fuzzing/wire/$$part .build-fuzz/$$part || exit 1; \
	done

lint: ## check the style of the sources
	$(SWIFT) format lint --strict --recursive $(wildcard $(SOURCES))

format: ## bring the sources into style
	$(SWIFT) format --in-place --recursive $(wildcard $(SOURCES))

bench: build test-deps ## compare with postmap, postconf, vim and Postfix's own delivery: prints ratios (PARTS=pace: only that)
	@.ci/packages vim=vim python3=python3
	$(RELEASE) --product least-relay
	$(RELEASE) --product randmap-bench
	$(AS_ROOT) .build/release/randmap-bench $(PARTS)

# The program is not built here: as root, Swift may not be in PATH.
install: ## install what make build made, below PREFIX (/usr/local), with DESTDIR in front
	@test -x .build/release/randmap -a -f $(manual) || { echo "first: make build" >&2; exit 1; }
	install -D -m 755 .build/release/randmap $(bin)/randmap
	install -D -m 644 $(manual) $(share)/man/man1/randmap.1
	install -d $(share)/randmap/themes $(share)/doc/randmap \
	  $(share)/bash-completion/completions $(share)/zsh/site-functions $(share)/fish/vendor_completions.d
	install -m 644 themes/* $(share)/randmap/themes
	cp -R samples $(share)/doc/randmap/
	$(bin)/randmap --generate-completion-script bash > $(share)/bash-completion/completions/randmap
	$(bin)/randmap --generate-completion-script zsh > $(share)/zsh/site-functions/_randmap
	$(bin)/randmap --generate-completion-script fish > $(share)/fish/vendor_completions.d/randmap.fish

uninstall: ## take away what install put there
	rm -f $(bin)/randmap $(share)/man/man1/randmap.1 $(share)/bash-completion/completions/randmap \
	  $(share)/zsh/site-functions/_randmap $(share)/fish/vendor_completions.d/randmap.fish
	rm -rf $(share)/randmap $(share)/doc/randmap

clean: ## remove everything that was built
	rm -rf .build .build-fuzz
