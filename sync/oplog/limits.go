package oplog

// Limits. A peer or a file that breaks one is refused before memory is spent.
const (
	// MaxBody bounds one commit's body once decompressed: 16 ops of the
	// largest text a room accepts (64 KiB), and a bound on what a small
	// sealed body can unfold to.
	MaxBody = 1 << 20

	// MaxSealed bounds one commit's sealed body. It is a quarter of MaxBody
	// because text shrinks, and equal to MaxRunBytes so that any commit
	// fits one run and any run one link frame.
	MaxSealed = 256 << 10

	// MaxRunCommits bounds a run: past 512 commits the tail signature costs
	// under 0.2 bytes a commit, and a larger run only delays the first one.
	MaxRunCommits = 512

	// MaxRunBytes bounds a run before compression, counted as the sealed
	// bytes plus commitOverhead for each commit. One commit alone may be
	// larger (up to MaxSealed). 256 KiB is where TLS throughput is flat.
	MaxRunBytes = 256 << 10

	// MaxRunDecoded bounds what the compressed part of a run, the columns of
	// numbers, may unfold to: 512 commits of the widest numbers and one
	// FeedOpen need under 24 KiB. Sealed bytes are carried as they are,
	// since they cannot shrink.
	MaxRunDecoded = 64 << 10

	// MaxRunRecord bounds a run's record as AppendRun writes it: a full
	// payload, its columns and the fixed fields.
	MaxRunRecord = MaxRunBytes + MaxRunDecoded + 1024

	// MaxApp bounds the program name and version a feed starts with.
	MaxApp = 64

	// MaxFeeds bounds the feeds of one room: 256 devices with 16 restores
	// each. A Hello that names all of them still fits one link frame.
	MaxFeeds = 4096

	// MaxBranches bounds the branches kept of one forked feed: as many restores
	// of one copy as a room is planned for. Each repeats what is before it.
	MaxBranches = 16

	// MaxSeq keeps arithmetic on seq far from overflow; a device that writes
	// a thousand commits a second reaches it after 8,900 years.
	MaxSeq = 1 << 48

	// MaxOff bounds what a clock can be said to be off, in milliseconds: a hundred years
	// either way. A dead battery sets a clock back to 1970, or to when it was built.
	MaxOff = 100 * 366 * 24 * 3600 * 1000

	// MaxLamport keeps one more than any accepted value representable.
	MaxLamport = 1 << 62

	// MaxSnapshot bounds one decompressed snapshot: the state of a room with
	// a million ops is well below it.
	MaxSnapshot = 64 << 20

	// MaxSnapshotName bounds a snapshot's name; names are a program's own.
	MaxSnapshotName = 64

	// ReserveSize is the space kept beside the store to be given up when the
	// disk is full: enough for the tables bbolt rewrites and several hundred
	// more commits, so that the room can still say what happened.
	ReserveSize = 16 << 20

	// markEvery is how often a stored record carries its chain hash: deriving
	// the hash at any seq then reads at most this many records, and costs
	// half a byte a commit.
	markEvery = 64

	// commitOverhead is what one commit counts towards MaxRunBytes besides
	// its sealed bytes: the widest numbers take less.
	commitOverhead = 48

	// openOverhead is the same for a FeedOpen.
	openOverhead = 320
)
