# Holdfast. `make run` opens the console, `make test` runs what needs only Go,
# `make` builds.

TAGS    := gles,migrated_fynedo
HEADTAG := migrated_fynedo
# Nothing reads the revision, and Go fails on a clone that another user owns.
BUILD   := go build -trimpath -buildvcs=false
PREFIX  ?= /usr/local
GOFUMPT := go run mvdan.cc/gofumpt@v0.12.0
STATIC  := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
VULN    := go run golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Packages that a C compiler or a display is not needed for: all but the desktop.
PURE := $$(CGO_ENABLED=0 go list -e ./... | grep -v '/cmd/holdfast$$')

.PHONY: all go run demo test race lint vuln build desktop gallery packages smoke mail restore-drill sim mutants hostile crash fuzz properties night soak network bench clean install uninstall alerts sound bench-compare

all: build desktop
	@echo "Built: bin/holdfast, the console ('make run' opens it), and bin/holdfastctl, the terminal."

run:
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ] && [ "$$(uname)" = Linux ]; then \
		echo "There is no display here: run 'make demo' to see the desktop on a virtual one, or 'make build' and use bin/holdfastctl."; \
	else $(MAKE) --no-print-directory desktop && bin/holdfast; fi

# A whole incident between three peers on this machine, with screenshots in demo-out.
demo: go
	@.ci/packages desktop virtual network
	@$(MAKE) --no-print-directory build desktop
	CGO_ENABLED=0 $(BUILD) -o bin/holdfast-demo ./cmd/holdfast-demo
	bin/holdfast-demo -out demo-out

# The stories of holdfastctl wait for clocks and for each other more than they work: so 4 at once.
test: go
	CGO_ENABLED=0 go test -parallel 4 -tags $(HEADTAG) $(PURE)

# Tests of many cases do fewer of them here: see model/modeltest/fewer.
race:
	go test -race -parallel 4 -timeout 40m -tags $(HEADTAG) $(PURE)

lint:
	CGO_ENABLED=0 go vet -tags $(HEADTAG) $(PURE)
	for os in windows darwin; do GOOS=$$os CGO_ENABLED=0 go vet ./model/... ./sync/... ./cmd/holdfastctl/... || exit; done
	@out=$$($(GOFUMPT) -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "not gofumpt-ed:"; echo "$$out"; exit 1; }
	CGO_ENABLED=0 $(STATIC) -tags $(HEADTAG) $(PURE)

vuln:
	.ci/vuln $(VULN)

build: go
	CGO_ENABLED=0 $(BUILD) -o bin/holdfastctl ./cmd/holdfastctl
	CGO_ENABLED=0 $(BUILD) -tags $(HEADTAG) -o bin/holdfast-gallery ./cmd/holdfast-gallery

desktop: go packages
	$(BUILD) -tags $(TAGS) -o bin/holdfast ./cmd/holdfast

gallery: build
	bin/holdfast-gallery -out gallery-out

# The system packages the desktop is built and run with.
packages:
	@.ci/packages desktop

# The Go that go.mod asks for.
go:
	@.ci/go

# The real window on a virtual display, with real keys.
smoke: go
	@.ci/packages desktop virtual
	@$(MAKE) --no-print-directory build desktop
	.ci/smoke

# The e-mail channel against a real Postfix.
mail:
	@.ci/packages mail
	go test -count=1 -tags postfix ./sync/outbox/mail/...

# The intake behind a real Prometheus Alertmanager.
alerts:
	@.ci/packages alerts
	CGO_ENABLED=0 go test -count=1 -tags alertmanager -run '^TestAlertmanager$$' ./sync/node

# The chime on real sound servers, PulseAudio and PipeWire, heard by a recorder.
sound:
	@.ci/packages sound
	CGO_ENABLED=0 go test -count=1 -tags sound -run '^TestSound$$' ./cmd/holdfast/chime

# A copy of a home is put back, written on, and meets its peers: ROUNDS times in
# each of three ways.
restore-drill: ROUNDS ?= 10
restore-drill:
	@CGO_ENABLED=0 ROUNDS=$(ROUNDS) go test -count=1 -timeout 60m -run '^TestRestoreDrill$$' ./sync/node -v | \
		{ grep -E '^(restore drill|--- FAIL|FAIL|panic| +[a-z_]+\.go)' || true; } | { tee -a /dev/stderr | grep -q '^restore drill: \([0-9]*\) of \1 '; }

# The simulator: SEEDS seeds, or SEED alone, which replays exactly. `make sim SEEDS=100000` is for the night.
sim: SEEDS ?= 1000
sim:
	@[ "$$(CGO_ENABLED=0 SEEDS=$(SEEDS) SEED=$(SEED) go test -count=1 -timeout 24h -run '^TestSim(Converges|RoomsFoldAlike)$$' ./sync/mesh/engine -v | \
		{ grep -E '^(sim: |rooms: |--- FAIL|FAIL|panic| +[a-z_]+\.go.*(SEED|never))' || true; } | tee -a /dev/stderr | grep -c '^[a-z]*: \([0-9]*\) of \1 ')" = 2 ]

# Mistakes planted in the engine, each of which the simulator must find.
mutants:
	@CGO_ENABLED=0 go test -count=1 -timeout 2h -tags mutants -run 'Mutant' ./sync/mesh/engine -v | \
		{ grep -Ev '^ *(=== RUN|--- PASS|PASS|ok)' || true; } | { tee -a /dev/stderr | grep -q '^mutants: \([0-9]*\) of \1 '; }

# Attacks by outsiders and members on a node with real sockets and a real record.
hostile:
	@CGO_ENABLED=0 go test -count=1 -timeout 10m -tags hostile,$(HEADTAG) -run '^TestHostile$$' ./sync/node -v | \
		{ grep -Ev '^ *(=== RUN|--- PASS|PASS|ok)' || true; } | { tee -a /dev/stderr | grep -q '^hostile: \([0-9]*\) of \1 '; }

# What a power cut, a kill, a flipped bit, a full and a read-only disk leave of a record. The whole of it:
# `make crash IMAGES=50000 FLIPS=10000 KILLS=500 POINTS=200`.
crash: IMAGES ?= 5000
crash: FLIPS ?= 1000
crash: KILLS ?= 50
crash: POINTS ?= 20
crash:
	@CGO_ENABLED=0 $(BUILD) -o bin/holdfastctl ./cmd/holdfastctl
	@{ .ci/full-disk; .ci/read-only; CGO_ENABLED=0 IMAGES=$(IMAGES) FLIPS=$(FLIPS) KILLS=$(KILLS) POINTS=$(POINTS) \
		go test -count=1 -timeout 4h -run '^Test(PowerCuts|ByteFlips|Killed.*|FullDisk)$$' ./sync/oplog ./sync/replica -v; } 2>&1 | .ci/tally crash 10

# Every decoder is fed what nobody writes, each for TIME.
fuzz: TIME ?= 10s
fuzz:
	@.ci/fuzz $(TIME)

# Every property, with CASES random cases each. `make properties CASES=100000` is for the night.
properties: CASES ?= 1000
properties:
	@CGO_ENABLED=0 go test -count=1 -timeout 24h $$(git grep -l 'rapid[.]Check(' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|') \
		-run "^($$(git grep -h -B3 'rapid[.]Check(' -- '*_test.go' | sed -nE 's/^func (Test[A-Za-z]+).*/\1/p' | paste -sd'|'))\$$" -rapid.checks=$(CASES)

# All that breaks things, at full length: about a day on 2 cores.
night:
	$(MAKE) sim SEEDS=100000
	$(MAKE) properties CASES=100000
	$(MAKE) mutants hostile network
	$(MAKE) crash IMAGES=50000 FLIPS=10000 KILLS=500 POINTS=200
	$(MAKE) restore-drill ROUNDS=100
	$(MAKE) fuzz TIME=5m
	$(MAKE) soak SECONDS=3600

# Real peers that are killed, stopped and started for SECONDS.
soak: SECONDS ?= 60
soak: SEED ?= 1
soak: build
	@.ci/soak $(SECONDS) $(SEED)

# Real peers in network namespaces, over lines that are cut, slow, lossy, deaf or too narrow. STORY names one;
# ENTRIES is how long a history is that a newcomer enters.
network:
	@CGO_ENABLED=0 $(BUILD) -o bin/holdfastctl ./cmd/holdfastctl
	@CGO_ENABLED=0 $(BUILD) -o bin/bench ./bench
	@.ci/network

bench: PEERS ?= 200
bench: build
	go run ./bench
	go run ./bench -many $(PEERS)

# The same work by Yjs, Automerge and NATS, in one sitting and one table. For more: `make bench-compare N=10000,100000,1000000`;
# Automerge takes an hour over the last.
bench-compare: N ?= 10000,100000
bench-compare: build
	@command -v npm >/dev/null || { echo "Yjs and Automerge need Node.js, 20 or newer, with npm."; exit 1; }
	cd bench/compare/node && npm install --no-save --omit=optional --no-audit --no-fund
	cd bench/compare/nats && CGO_ENABLED=0 go build -o ../../../bin/bench-nats .
	go run ./bench -compare -n $(N)

clean:
	rm -rf bin demo-out gallery-out

install: build desktop
	install -Dm755 bin/holdfast $(DESTDIR)$(PREFIX)/bin/holdfast
	install -Dm755 bin/holdfastctl $(DESTDIR)$(PREFIX)/bin/holdfastctl
	install -Dm644 assets/icons/holdfast.png $(DESTDIR)$(PREFIX)/share/icons/hicolor/512x512/apps/holdfast.png

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/holdfast $(DESTDIR)$(PREFIX)/bin/holdfastctl $(DESTDIR)$(PREFIX)/share/icons/hicolor/512x512/apps/holdfast.png
