package engine

import "time"

// Limits of one link. They bound what a peer can make this device hold or do.
const (
	// Window is how many runs may be on their way on one link without an
	// acknowledgement. With RunBytes it bounds what a cut link sends twice and
	// what a slow peer makes either side hold (4 MiB). One slot is left to small
	// runs, so that a line written now does not wait behind a year of history.
	Window = 16
	// leastWindow is the window at first, and of a link whose acknowledgements take
	// their time: what is on its way there is what a line waits behind.
	leastWindow = 8
	// quickAck is how soon a run has to be acknowledged for the window to grow: what
	// a line waits at most for the sake of more. A link of 20 Mbit/s stays at the
	// least, and one within a site has the most at once.
	quickAck = 100 * time.Millisecond
	// maxOwed is how many runs a peer may have sent without being told what became of
	// them: its window, and some to spare.
	maxOwed = Window + leastWindow
	// bulkGap is the backlog in commits from which a feed counts as bulk. Below
	// it a run received twice costs less than arranging that it is not.
	bulkGap = 256
	// RunBytes is how much of a feed one read asks the store for. A sent run
	// stays near it: 256 KiB keeps a slow link responsive and a fast one full.
	RunBytes = 256 << 10
	// MaxFrame is the largest frame either side may send.
	MaxFrame = 1 << 20
	// MaxHello is the largest Hello or Heads frame; what does not fit follows in
	// further Heads frames.
	MaxHello = 64 << 10
	// MaxBrief is the largest brief: some two hundred open incidents, more than any
	// board is read for, and 30 ms on the slowest line we plan for (20 Mbit/s).
	MaxBrief = 64 << 10
	// briefFrom is how many commits a peer lacks before a brief is worth sending:
	// fewer have arrived by the time it is read.
	briefFrom = 2000
	// MaxFeeds is how many feeds a room may have: 256 devices with 16
	// incarnations each. A peer that names more is refused.
	MaxFeeds = 4096
	// maxClaims is how often a peer is believed that says it holds more of our
	// own feed than we do and does not show it. Each time costs a new feed, of
	// which a room has MaxFeeds: all its 256 devices together can cost a quarter.
	maxClaims = 4
	// maxRunCount bounds the commits one run may claim, so that arithmetic on
	// it cannot run away: RunBytes of the smallest commits is well below.
	maxRunCount = 1 << 16
	// maxSeq bounds a claimed seq (about 2^53): beyond it a claim is nonsense.
	maxSeq = 1 << 53
	// maxAddresses and maxAddress bound what a peer can make us remember.
	maxAddresses = 32
	maxAddress   = 255
	// maxText bounds a reason or version a peer sends to be shown.
	maxText = 200
	// maxArchives bounds the archives a peer names: a room has a few.
	maxArchives = 64
	// headsPerFrame heads of at most 53 bytes stay below MaxHello together with
	// the rest of a Hello (addresses: 32 x 257 bytes at most).
	headsPerFrame = 900
	// acksPerFrame keeps an Ack below 32 KiB.
	acksPerFrame = 512
)

// Rates. The commit bucket protects a member from another member that writes
// without end: verification, disk and folding cost some 10 us a commit, so
// 2,000 a second is 2 % of a core. History that is already written must not be
// slowed, hence the burst holds the largest room we plan for twice over (1 M
// commits). An empty bucket delays ingest and so, through the window, the
// sender; it never drops anything and never closes the link. The bucket belongs
// to the peer, so that reconnecting does not refill it.
const (
	commitRate  = 2000
	commitBurst = 2_000_000
	// Frames that bring no new commit are cheap and honest peers send few:
	// beyond this the link is closed.
	frameRate  = 2000
	frameBurst = 40_000
)

// Times of one link.
const (
	// TickEvery is how often the driver sends Tick while a link is up.
	TickEvery = 100 * time.Millisecond
	// PingEvery and DeadAfter find a link that died without a word: three
	// pings in a row unanswered.
	PingEvery = 15 * time.Second
	DeadAfter = 45 * time.Second
	// helloWithin is the time from a link coming up to the peer's whole Hello.
	helloWithin = 10 * time.Second
	// lazyAfter is how long a forward waits for word that the peer has it from
	// elsewhere, on links the peer said are spare.
	// Several neighbours of a peer that was missed wait by turns of different
	// length, so that one of them sends and the others hear of it.
	lazyAfter = 150 * time.Millisecond
	lazyTurns = 4
	// spareEvery bounds how often a peer is told that its link is spare.
	spareEvery = time.Second
	// retryAfter is the pause before a feed is asked for again after the store
	// could not take it yet.
	retryAfter = time.Second
	// stallAfter is how long the chosen source of a bulk feed may bring nothing
	// before another link is asked as well.
	stallAfter = 10 * time.Second
)
