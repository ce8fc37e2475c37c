# Everything that is done with randmap from its sources. `make` alone says what there is.

PREFIX = /usr/local
DESTDIR =
# How many configurations make oracle compares.
ORACLE = 4000
# Whose Postfix it asks: empty for the one that is installed, 3.10 for Debian 13's in a directory of its own, .ci/debian.
RELEASE =
# What else it runs with that one: what is recorded of Postfix, what the rules claim of it,
# pools made from one relay, and reports of its log.
CLAIMS = ChecksTests\.(CorpusRecord|.*Claims)Tests|EndToEndTests\.(PoolCommand|SharingMail|PoolProperty|ReportTruth|ReportKill|Database(Delivery|State|Ramp)|DrawnTable)Tests
# Which suites make suite runs: a regular expression.
SUITE = .
# Which parts make bench measures, all by default: table growth directory pools log follow screen keys idle probes pace slow
# delay lookups memory database routes edit.
PARTS =
# How many seconds make fuzz tries the configurations, and a quarter of it each of the other parsers.
FUZZ = 300
# How many random events make events gives the console.
EVENTS = 100000
# How many times make events kills the console.
KILLS = 1000
# Those others (Tests/Fuzzing/WireParsers.swift); each has its findings in a directory of its name.
FUZZ_PARTS = replies names themes settings journal agentReport queueListing log spoken rows positions kept requests reports greetings netstrings

SWIFT = swift
# Where the release program is built, and more options for that (packaging/build has both).
BUILD = .build
OPTIONS =
# A call of the program is mostly its start. So the libraries that it needs are linked into it, by the toolchain's own
# linker, where there are archives of them (make deps collects these in .build/static); and types are named to the
# runtime directly: finding them by their names means a search through all conformances. It exports no symbols, which
# nothing asks for: a tenth of the start was theirs. What only a debugger would read took a fifth of the compiler's time.
RELEASE_BUILD = $(SWIFT) build -c release --static-swift-stdlib --scratch-path $(BUILD) -debug-info-format none \
  $(addprefix -Xswiftc ,-use-ld=lld -L$(abspath $(BUILD))/static -Xclang-linker -static-libgcc \
  -Xfrontend -disable-concrete-type-metadata-mangled-name-accessors) -Xlinker --no-export-dynamic $(OPTIONS)
# The debug program is what the tests build too, and takes half of the release program's time. An eighth of that would go into
# what only a debugger reads: `make clean` and then DEBUG='swift build' gives that too.
DEBUG = $(SWIFT) build -debug-info-format none
# Runs the tests that were built, those that match what follows.
BUILT_TESTS = .build/debug/randmapPackageTests.xctest --testing-library swift-testing --filter
SOURCES = Package.swift Sources Tests Benchmarks

AS_ROOT = $(if $(filter-out 0,$(shell id -u)),sudo)

# What is installed, and where to; the packages have their own answers (packaging/stage).
PROGRAM = $(BUILD)/release/randmap
MANUAL = $(BUILD)/manual/randmap.1
ZSH_COMPLETIONS = $(PREFIX)/share/zsh/site-functions
DOCUMENTATION = $(PREFIX)/share/doc/randmap

bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share
units = $(DESTDIR)$(PREFIX)/lib/systemd/system
presets = $(DESTDIR)$(PREFIX)/lib/systemd/system-preset
documentation = $(DESTDIR)$(DOCUMENTATION)
unit_files = $(notdir $(wildcard packaging/systemd/*.service packaging/systemd/*.socket packaging/systemd/*.timer))
# What make deb, make rpm and make release leave.
packages = .build-package/packages

.PHONY: help deps test-deps build run check test suite oracle fuzz events docs pictures lint format bench install uninstall prefix deb rpm release package-test clean

help: ## say what there is (what make does when asked for nothing)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

deps: ## install what the build needs beside Swift 6: the headers of ncurses and SQLite
	@command -v $(SWIFT) > /dev/null || { .ci/how-to-install-swift >&2; exit 1; }
	@.ci/packages git=git curses.h=libncurses-dev sqlite3.h=libsqlite3-dev
	@mkdir -p $(BUILD)/static
	@for library in stdc++ ncursesw tinfo sqlite3; do \
	  archive=$$(clang -print-file-name=lib$$library.a 2> /dev/null || gcc -print-file-name=lib$$library.a); \
	  [ ! -f "$$archive" ] || ln -sf "$$archive" $(BUILD)/static/; \
	done

test-deps: deps ## install what the tests need: Postfix (not started), tmux, dnsmasq, vim and others
	@.ci/packages postfix=postfix postfix:lmdb=postfix-lmdb postfix:pcre=postfix-pcre postfix:cdb=postfix-cdb \
	  postfix:sqlite=postfix-sqlite sqlite3=sqlite3 tmux=tmux \
	  dnsmasq=dnsmasq-base patch=patch openssl=openssl ip=iproute2 unshare=util-linux logger=bsdutils \
	  vim=vim python3=python3 python3:yaml=python3-yaml journalctl=systemd systemd-analyze=systemd xz=xz-utils \
	  zstd=zstd bzip2=bzip2 zsh=zsh fish=fish

build: deps ## build the release program, .build/release/randmap, and its manual page
	$(RELEASE_BUILD) --product randmap
	$(RELEASE_BUILD) --product generate-manual
	@mkdir -p $(dir $(MANUAL))
	$(BUILD)/release/generate-manual $(PROGRAM) --output-directory $(dir $(MANUAL))
	sed -i -e 's/^$$/.Pp/' -e 's/^\.Nd "\(.*\)\."$$/.Nd \1/' $(MANUAL)
	awk -f packaging/man/finish $(MANUAL) > $(MANUAL).new
	cat $(MANUAL).new packaging/man/randmap.1.end > $(MANUAL)
	rm $(MANUAL).new

# The tests' own settings (Package.swift) stay where they are built, so that nothing is compiled anew.
run: deps ## build the debug program and open its console on a demonstration
	$(if $(wildcard .build/debug/randmapPackageTests.xctest),,RANDMAP_FIRST_RUN=1) $(DEBUG) --product randmap
	.build/debug/randmap --demo

check: deps ## run the tests that need no root, no Postfix and no waiting: seconds, at each step
	$(DEBUG) --build-tests
	.ci/tests pure

# master(8) starts for root only, so an ordinary user's tests run with sudo. What they build belongs to the user.
test: check test-deps ## run all tests, those of make check first (with sudo where the caller is not root)
	@[ "$$(id -u)" = 0 ] || echo "Postfix starts for root only: running the tests with sudo"
	$(AS_ROOT) .ci/tests waiting

suite: test-deps ## run the suites whose names match SUITE (as root where they start a Postfix)
	$(DEBUG) --build-tests
	$(BUILT_TESTS) '$(SUITE)'

oracle: test-deps ## compare thousands of configurations with a real Postfix's answers (RELEASE=3.10: Debian 13's)
	$(DEBUG) --build-tests
ifeq ($(RELEASE),)
	$(AS_ROOT) env RANDMAP_ORACLE_CONFIGURATIONS=$(ORACLE) $(BUILT_TESTS) OracleTests
else
	@.ci/packages debootstrap=debootstrap unshare=util-linux
	$(AS_ROOT) env RANDMAP_ORACLE_CONFIGURATIONS=$(ORACLE) SWIFT=$$(command -v $(SWIFT)) \
	  .ci/debian $(RELEASE) .ci/tests waiting '^OracleTests|$(CLAIMS)'
endif

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

events: test-deps ## give the console random events (EVENTS of them): keys, pastes, the mouse, sizes, probes, files that change; and kill it KILLS times
	$(DEBUG) --build-tests
	$(AS_ROOT) env RANDMAP_EVENTS=$(EVENTS) RANDMAP_KILLS=$(KILLS) $(BUILT_TESTS) 'RandomEventTests|ConsoleKillTests'

docs: ## draw the picture of the modules from Package.swift
	awk -f .ci/modules Package.swift > docs/modules.svg

pictures: test-deps ## take the pictures of the documentation anew, from the program as it is; as PNG they are in .build/pictures
	$(DEBUG) --product randmap
	$(DEBUG) --product pictures
	@mkdir -p docs/pictures/themes
	$(AS_ROOT) .build/debug/pictures docs/pictures
	@.ci/packages rsvg-convert=librsvg2-bin
	@mkdir -p .build/pictures
	@for picture in docs/pictures/*.svg docs/pictures/themes/*.svg; do \
	  rsvg-convert $$picture -o .build/pictures/$$(basename $$picture .svg).png; \
	done
	@echo "The same as PNG: .build/pictures"

lint: ## check the style of the sources, and that the picture of the modules is up to date
	$(SWIFT) format lint --strict --parallel --recursive $(wildcard $(SOURCES))
	@awk -f .ci/modules Package.swift | cmp -s - docs/modules.svg || { echo "docs/modules.svg is old: make docs" >&2; exit 1; }

format: ## bring the sources into style
	$(SWIFT) format --in-place --recursive $(wildcard $(SOURCES))

bench: build test-deps ## compare with postmap, postconf, vim and Postfix's own delivery: prints ratios (PARTS=pace: only that)
	@.ci/packages vim=vim python3=python3 pflogsumm=pflogsumm
	$(RELEASE_BUILD) --product least-relay
	$(RELEASE_BUILD) --product randmap-bench
	$(AS_ROOT) .build/release/randmap-bench $(PARTS)

# The program is not built here: as root, Swift may not be in PATH. What is installed is for everybody, whatever the
# caller's umask is.
install: prefix ## install what make build made, below PREFIX (/usr/local), with DESTDIR in front
	@test -x $(PROGRAM) -a -f $(MANUAL) || { echo "first: make build" >&2; exit 1; }
	@umask 022; mkdir -p "$(bin)" 2> /dev/null && test -w "$(bin)" || { \
	  echo "cannot write to $(bin): need root or another place, as in: make install PREFIX=$$HOME/.local" >&2; exit 1; }
	umask 022; mkdir -p "$(share)/man/man1" "$(share)/man/man5" "$(share)/man/man8" "$(units)" "$(presets)" \
	  "$(share)/randmap/themes" "$(documentation)" "$(share)/bash-completion/completions" "$(DESTDIR)$(ZSH_COMPLETIONS)" \
	  "$(share)/fish/vendor_completions.d"
	install -m 755 $(PROGRAM) "$(bin)/randmap"
	install -m 644 $(MANUAL) "$(share)/man/man1/randmap.1"
	install -m 644 packaging/man/randmap-pool.5 "$(share)/man/man5/randmap-pool.5"
	install -m 644 packaging/man/randmap-agent.8 "$(share)/man/man8/randmap-agent.8"
	umask 022; echo '.so man8/randmap-agent.8' > "$(share)/man/man8/randmap.8"
	install -m 644 themes/* "$(share)/randmap/themes"
	cp -R README.md CONTRIBUTING.md SECURITY.md LICENSE docs samples "$(documentation)/"
	chmod -R u+rwX,go=rX "$(documentation)"
	for unit in $(unit_files); do \
	  sed 's,/usr/bin/randmap,$(PREFIX)/bin/randmap,' packaging/systemd/$$unit > "$(units)/$$unit" && \
	    chmod 644 "$(units)/$$unit" || exit 1; \
	done
	install -m 644 packaging/systemd/50-randmap.preset "$(presets)/"
	umask 022; "$(bin)/randmap" --generate-completion-script bash | sed '1{/^#!/d}' > "$(share)/bash-completion/completions/randmap"
	umask 022; "$(bin)/randmap" --generate-completion-script zsh > "$(DESTDIR)$(ZSH_COMPLETIONS)/_randmap"
	umask 022; "$(bin)/randmap" --generate-completion-script fish > "$(share)/fish/vendor_completions.d/randmap.fish"

# Directories go where nothing else is in them; those that every system has below /usr and /usr/local stay.
uninstall: prefix ## take away what install put there
	rm -f "$(bin)/randmap" "$(share)/man/man1/randmap.1" "$(share)/man/man5/randmap-pool.5" \
	  "$(share)/man/man8/randmap-agent.8" "$(share)/man/man8/randmap.8" "$(share)/bash-completion/completions/randmap" \
	  "$(DESTDIR)$(ZSH_COMPLETIONS)/_randmap" "$(share)/fish/vendor_completions.d/randmap.fish" \
	  "$(presets)/50-randmap.preset"
	for unit in $(unit_files); do rm -f "$(units)/$$unit" || exit 1; done
	rm -rf "$(share)/randmap" "$(documentation)"
	for directory in share/man/man1 share/man/man5 share/man/man8 share/bash-completion/completions share/bash-completion \
	  share/zsh/site-functions share/zsh share/fish/vendor_completions.d share/fish lib/systemd/system \
	  lib/systemd/system-preset lib/systemd $(if $(filter /usr /usr/local,$(PREFIX)),,share/man share/doc share lib bin); do \
	  rmdir "$(DESTDIR)$(PREFIX)/$$directory" 2> /dev/null || true; \
	done

# It becomes part of commands in the units of systemd.
prefix:
	@case "$(PREFIX)" in \
	  [!/]* | "" | *[[:space:],\&%]*) \
	    echo "PREFIX=$(PREFIX): need an absolute path without spaces, commas, & and %, such as $$HOME/.local" >&2; exit 1;; \
	esac

# Packages are made from the last commit (packaging/build exports it), never from files that are not committed.
deb: ## make a Debian package of the last commit, in .build-package/packages
	@.ci/packages dpkg-deb=dpkg readelf=binutils
	packaging/build
	.build-package/source/packaging/deb/make $(packages)

rpm: ## make an RPM package of the last commit, likewise
	@.ci/packages rpmbuild=rpm readelf=binutils
	packaging/build
	.build-package/source/packaging/rpm/make $(packages)

release: deb rpm ## make both packages, the list of what is in them (SPDX), the notes and the checksums
	.build-package/source/packaging/parts-list > $(packages)/randmap.spdx.json
	.build-package/source/packaging/notes > $(packages)/NOTES.md
	cd $(packages) && rm -f SHA256SUMS && sha256sum -- * > SHA256SUMS

package-test: release ## try the packages: what is in them, and a life of each in a clean Debian 12 and 13
	@.ci/packages lintian=lintian debootstrap=debootstrap systemd-nspawn=systemd-container mandoc=mandoc python3=python3 cpio=cpio rpm=rpm
	$(AS_ROOT) .build-package/source/packaging/test/run $(packages)
	.build-package/source/packaging/test/twice . $(packages)

clean: ## remove everything that was built
	rm -rf .build .build-fuzz .build-package
