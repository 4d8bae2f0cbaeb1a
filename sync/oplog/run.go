package oplog

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"holdfast/model"
)

// Run is consecutive commits of one feed as they travel: what can be computed
// (hashes, all signatures but the last) is left out, the numbers are laid in
// columns of differences and compressed, the sealed bodies follow as they are.
// Nothing in it is trusted before Verify.
type Run struct {
	Feed    model.FeedID
	First   uint64
	Count   int
	Payload []byte
	Sig     [ed25519.SignatureSize]byte // of the last commit; covers all of the chain before it
}

// Last is the seq of the run's last commit.
func (r *Run) Last() uint64 { return r.First + uint64(r.Count) - 1 }

// AppendRun writes the run as a record that stands alone, for a link or a
// bundle: the CBOR array [v, feed, first, count, payload, signature].
func AppendRun(dst []byte, run Run) []byte {
	dst = appendHead(dst, cborArray, 6)
	dst = appendUint(dst, runVersion)
	dst = appendBytes(dst, run.Feed[:])
	dst = appendUint(dst, run.First)
	dst = appendUint(dst, uint64(run.Count))
	dst = appendBytes(dst, run.Payload)
	return appendBytes(dst, run.Sig[:])
}

// DecodeRun reads one record of AppendRun, which must fill src. The payload
// aliases src. Errors: ErrNewerVersion, ErrTooLarge, ErrMalformed.
func DecodeRun(src []byte) (Run, error) {
	if len(src) > MaxRunRecord {
		return Run{}, fmt.Errorf("run of %d bytes, of at most %d: %w", len(src), MaxRunRecord, ErrTooLarge)
	}
	r := reader{buf: src}
	var run Run
	n := r.array(math.MaxInt32, "run")
	r.version("run", runVersion)
	if r.err == nil && n != 6 {
		r.fail("run length")
	}
	r.fixed(run.Feed[:], "run feed")
	run.First = r.uint(MaxSeq, "run start")
	run.Count = int(r.uint(MaxRunCommits, "run count"))
	run.Payload = r.bytes(MaxRunRecord, "run payload")
	r.fixed(run.Sig[:], "run signature")
	if err := r.done(); err != nil {
		return Run{}, err
	}
	return run, run.checkShape()
}

// checkShape refuses what no sender writes before anything is unfolded.
func (r *Run) checkShape() error {
	switch {
	case r.Count < 1 || r.First < 1:
		return fmt.Errorf("run of %d commits from %d: %w", r.Count, r.First, ErrMalformed)
	case r.Count > MaxRunCommits:
		return fmt.Errorf("run of %d commits, of at most %d: %w", r.Count, MaxRunCommits, ErrTooLarge)
	case r.First > MaxSeq || r.Last() > MaxSeq:
		return fmt.Errorf("run from commit %d: %w", r.First, ErrTooLarge)
	case len(r.Payload) > MaxRunRecord:
		return fmt.Errorf("run of %d bytes, of at most %d: %w", len(r.Payload), MaxRunRecord, ErrTooLarge)
	}
	return nil
}

// How the columns of a payload are kept. Where all commits are of the first version,
// there is no column of versions.
const (
	columnsZstd     = 1 << 0
	columnsVersions = 1 << 1
)

// encodePayload lays out commits, which are consecutive and of one feed.
func (c *codec) encodePayload(commits []Commit) []byte {
	cols, mode := appendColumns(make([]byte, 0, 16*len(commits)+openOverhead), commits)
	if small := c.runEnc.EncodeAll(cols, make([]byte, 0, len(cols))); len(small) < len(cols) {
		mode, cols = mode|columnsZstd, small
	}
	size := 1 + binary.MaxVarintLen32 + len(cols)
	for i := range commits {
		size += len(commits[i].Sealed)
	}
	dst := append(make([]byte, 0, size), mode)
	dst = binary.AppendUvarint(dst, uint64(len(cols)))
	dst = append(dst, cols...)
	for i := range commits {
		dst = append(dst, commits[i].Sealed...)
	}
	return dst
}

// appendColumns writes lamports, walls, offs, epochs, sealed lengths and versions,
// each but the lengths as differences from the commit before, and the opening if there is one.
func appendColumns(dst []byte, commits []Commit) (cols []byte, mode byte) {
	var lamport uint64
	for i := range commits {
		dst = binary.AppendUvarint(dst, commits[i].Lamport-lamport-1)
		lamport = commits[i].Lamport
	}
	var wall int64
	for i := range commits {
		dst = binary.AppendVarint(dst, commits[i].Wall-wall)
		wall = commits[i].Wall
	}
	var off int64
	for i := range commits {
		dst = binary.AppendVarint(dst, commits[i].Off-off)
		off = commits[i].Off
	}
	var epoch int64
	for i := range commits {
		dst = binary.AppendVarint(dst, int64(commits[i].Epoch)-epoch)
		epoch = int64(commits[i].Epoch)
	}
	for i := range commits {
		dst = binary.AppendUvarint(dst, uint64(len(commits[i].Sealed)))
	}
	if slices.ContainsFunc(commits, func(c Commit) bool { return c.Version != firstVersion }) {
		mode |= columnsVersions
		version := int64(firstVersion)
		for i := range commits {
			dst = binary.AppendVarint(dst, int64(commits[i].Version)-version)
			version = int64(commits[i].Version)
		}
	}
	if commits[0].Open != nil {
		dst = appendOpen(dst, commits[0].Open)
	}
	return dst, mode
}

// decodePayload gives the run's commits without hashes and signatures, in room where
// that is enough. Sealed bodies alias the payload.
func (c *codec) decodePayload(room []Commit, run *Run) ([]Commit, error) {
	if err := run.checkShape(); err != nil {
		return nil, err
	}
	cols, bodies, err := c.unfold(run)
	if err != nil {
		return nil, err
	}
	return readColumns(room, run, cols, bodies, run.Payload[0]&columnsVersions != 0)
}

// lastLamport gives that of the last commit of a run.
func (c *codec) lastLamport(run *Run) (uint64, error) {
	cols, _, err := c.unfold(run)
	if err != nil {
		return 0, err
	}
	commits, r := make([]Commit, run.Count), columns{buf: cols}
	if r.lamports(commits); r.bad {
		return 0, fmt.Errorf("run columns: %w", ErrMalformed)
	}
	return commits[run.Count-1].Lamport, nil
}

// unfold splits a payload into its columns and the bodies.
func (c *codec) unfold(run *Run) (cols, bodies []byte, err error) {
	if len(run.Payload) == 0 {
		return nil, nil, fmt.Errorf("run payload: ends early: %w", ErrMalformed)
	}
	mode, rest := run.Payload[0], run.Payload[1:]
	n, k := binary.Uvarint(rest)
	if k <= 0 || n > uint64(len(rest)-k) {
		return nil, nil, fmt.Errorf("run columns: ends early: %w", ErrMalformed)
	}
	cols, bodies = rest[k:k+int(n)], rest[k+int(n):]
	if mode&^(columnsZstd|columnsVersions) != 0 {
		return nil, nil, fmt.Errorf("run: %w", ErrNewerVersion)
	}
	if mode&columnsZstd != 0 {
		if cols, err = c.runDec.DecodeAll(cols, nil); err != nil {
			return nil, nil, fmt.Errorf("run columns do not unfold within %d bytes: %w", MaxRunDecoded, ErrMalformed)
		}
	}
	if len(cols) > MaxRunDecoded {
		return nil, nil, fmt.Errorf("run columns of %d bytes, of at most %d: %w", len(cols), MaxRunDecoded, ErrTooLarge)
	}
	return cols, bodies, nil
}

func readColumns(room []Commit, run *Run, cols, bodies []byte, versions bool) ([]Commit, error) {
	commits := slices.Grow(room[:0], run.Count)[:run.Count]
	clear(commits)
	r := columns{buf: cols}
	r.lamports(commits)
	var wall int64
	for i := range commits {
		wall += r.signed() // wraps like the writer's subtraction did
		commits[i].Wall = wall
	}
	r.differences(commits, -MaxOff, MaxOff, func(c *Commit, v int64) { c.Off = v })
	r.differences(commits, 0, math.MaxUint32, func(c *Commit, v int64) { c.Epoch = uint32(v) })
	cost := 0
	for i := range commits {
		c := &commits[i]
		c.Feed, c.Seq = run.Feed, run.First+uint64(i)
		n := r.unsigned()
		if r.bad || n > MaxSealed || n > uint64(len(bodies)) {
			return nil, fmt.Errorf("run bodies: %w", ErrMalformed)
		}
		c.Sealed, c.Version, bodies = bodies[:n:n], firstVersion, bodies[n:]
		cost += c.cost()
	}
	if versions {
		r.differences(commits, firstVersion, math.MaxUint8, func(c *Commit, v int64) { c.Version = uint8(v) })
	}
	if cost > MaxRunBytes && run.Count > 1 {
		return nil, fmt.Errorf("run counts %d bytes, of at most %d: %w", cost, MaxRunBytes, ErrTooLarge)
	}
	if run.First == 1 && !r.bad {
		open, err := decodeOpen(r.buf)
		if err != nil {
			return nil, err
		}
		commits[0].Open, r.buf = open, nil
	}
	if r.bad || len(r.buf) != 0 || len(bodies) != 0 {
		return nil, fmt.Errorf("run columns: %w", ErrMalformed)
	}
	for i := range commits {
		if v := commits[i].Version; v > Version {
			return nil, newerVersion("commit", uint64(v))
		}
	}
	return commits, nil
}

// columns reads varints; the first error sticks.
type columns struct {
	buf []byte
	bad bool
}

func (r *columns) unsigned() uint64 {
	v, n := binary.Uvarint(r.buf)
	if n <= 0 {
		r.bad, r.buf = true, nil
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

func (r *columns) signed() int64 {
	v, n := binary.Varint(r.buf)
	if n <= 0 {
		r.bad, r.buf = true, nil
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

// lamports rise by at least one, so no bytes say otherwise.
func (r *columns) lamports(commits []Commit) {
	var sum uint64
	for i := range commits {
		d := r.unsigned()
		if d >= MaxLamport || sum+d+1 > MaxLamport {
			r.bad = true
			return
		}
		sum += d + 1
		commits[i].Lamport = sum
	}
}

// differences start from zero, or from low where that is above it.
func (r *columns) differences(commits []Commit, low, high int64, set func(*Commit, int64)) {
	sum := max(low, 0)
	for i := range commits {
		d := r.signed()
		if d < low-high || d > high-low || sum+d < low || sum+d > high {
			r.bad = true
			return
		}
		sum += d
		set(&commits[i], sum)
	}
}
