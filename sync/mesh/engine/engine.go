// Package engine decides what a replica sends, asks and acknowledges on its
// links. It is a pure state machine: Step takes the time and an event and
// gives effects. It reads no clock, starts no goroutine and does no input or
// output, so that a simulator can drive it and replay what it did.
//
// The log is the send queue. For each link the engine keeps a cursor per feed
// and a window of unacknowledged runs; memory does not grow with the history.
// Each side says in Hello exactly what it holds, and then sends what the other
// lacks. What is durable is announced; what is not durable is neither sent nor
// acknowledged.
package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"holdfast/model"
)

// Config is what an engine starts from.
type Config struct {
	Device  model.DeviceKey
	Boot    uint64 // differs each time the process starts
	Version string
	Heads   model.Vector // durable
	Own     model.FeedID
	Naming  uint64 // see HeadsChanged
	Short   Short
	// Addresses where this device listens.
	Addresses []string
}

// Engine is the state. It is not safe for use from several goroutines.
type Engine struct {
	cfg       Config
	codec     codec
	heads     model.Vector // durable here; a zero hash is not known yet
	naming    uint64
	through   map[model.FeedID]uint64 // durable here under another name, by the name it came under
	own       model.FeedID
	addresses []string // ours
	known     []string // where others were reached
	links     []*link  // by id, so that effects never hang on map order
	peers     map[model.DeviceKey]*peer
	fetching  map[model.FeedID]*fetch
	sources   map[model.FeedID]*source
	rolled    map[model.FeedID]uint64 // reported as rolled back, up to seq
	short     Short
	regains   map[model.FeedID]*source // where what was let go is asked for
	planted
	out    []Effect
	wide   bool     // this step may have left something due on other links than it concerns
	dirty  bool     // PeersChanged is due
	framed struct { // the run that was sent last, while nothing but reads is answered
		run   *Run
		frame []byte
	}
	wall time.Time     // of this step
	back time.Duration // how far the wall clock was set back, in sum
}

// fetch is what of a feed was given to Ingest and has no answer yet.
type fetch struct {
	upto uint64
	runs int
}

// New makes an engine without links.
func New(cfg Config) (*Engine, error) {
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	heads := cfg.Heads.Clone()
	return &Engine{
		cfg: cfg, codec: c, heads: heads, naming: cfg.Naming, through: map[model.FeedID]uint64{}, own: cfg.Own, addresses: cfg.Addresses,
		peers: map[model.DeviceKey]*peer{}, fetching: map[model.FeedID]*fetch{},
		sources: map[model.FeedID]*source{}, rolled: map[model.FeedID]uint64{},
		short: cfg.Short, regains: map[model.FeedID]*source{},
	}, nil
}

// Step takes one event and gives what is to be done, in order. Now is the wall
// clock of this device; it may be wrong, and may jump.
func (e *Engine) Step(now time.Time, ev Event) []Effect {
	e.out = nil
	e.wall, now = now, e.steady(now)
	only, narrow := concerns(ev)
	e.wide = !narrow
	if _, read := ev.(RunRead); !read {
		e.framed.run, e.framed.frame = nil, nil
	}
	switch ev := ev.(type) {
	case LinkUp:
		e.linkUp(now, ev)
	case LinkDown:
		if l := e.link(ev.Link); l != nil {
			e.remove(now, l, ev.Reason)
		}
	case FrameReceived:
		if l := e.link(ev.Link); l != nil {
			e.receive(now, l, ev.Frame)
		}
	case HeadsChanged:
		e.headsChanged(now, ev)
	case RunRead:
		if l := e.link(ev.Link); l != nil {
			e.runRead(now, l, ev)
		}
	case BriefRead:
		if l := e.link(ev.Link); l != nil && len(ev.Brief) > 0 && len(ev.Brief) <= MaxBrief {
			e.send(l, frameBrief, briefFrame{Brief: ev.Brief})
		}
	case AskProof:
		e.ask(ev)
	case ProofRead:
		e.proofRead(ev)
	case Ingested:
		for _, r := range ev.Results {
			e.ingested(now, r)
		}
	case Tick:
		e.tick(now)
	case Revoked:
		e.revoke(now, ev.Device)
	case AddressesChanged:
		e.addressesChanged(ev)
	}
	e.finish(now, only)
	return e.out
}

// concerns gives the link of an event that by itself changes what is due on that
// link alone. With hundreds of links such events come in hundreds for each line.
func concerns(ev Event) (id LinkID, alone bool) {
	switch ev := ev.(type) {
	case FrameReceived:
		return ev.Link, true
	case RunRead:
		return ev.Link, true
	}
	return 0, false
}

// steady makes of the wall clock one for intervals: it stands still where the
// wall clock is set back, so that a silence or a pause still ends.
func (e *Engine) steady(now time.Time) time.Time {
	if d := e.wall.Sub(now); d > 0 && !e.has(clockTrusted) {
		e.back += d
	}
	return now.Add(e.back)
}

// finish sends what the step left due, on one link or on all: acknowledgements
// first, so that the peer's window opens, then runs.
func (e *Engine) finish(now time.Time, only LinkID) {
	if e.wide {
		for _, l := range e.links {
			e.flush(now, l)
		}
	} else if l := e.link(only); l != nil {
		e.flush(now, l)
	}
	if e.dirty {
		e.dirty = false
		e.emit(PeersChanged{})
	}
}

func (e *Engine) flush(now time.Time, l *link) {
	e.flushAcks(l)
	e.flushHolds(l)
	e.pump(now, l)
}

func (e *Engine) emit(ef Effect) { e.out = append(e.out, ef) }

func (e *Engine) send(l *link, kind byte, body any) {
	e.emit(Send{Link: l.id, Frame: e.codec.encode(kind, body)})
}

func (e *Engine) link(id LinkID) *link {
	if i, ok := e.find(id); ok {
		return e.links[i]
	}
	return nil
}

func (e *Engine) find(id LinkID) (int, bool) {
	return slices.BinarySearchFunc(e.links, id, func(l *link, id LinkID) int { return cmp.Compare(l.id, id) })
}

// close ends a link and tells the peer why.
func (e *Engine) close(now time.Time, l *link, reason string) {
	if e.link(l.id) == nil {
		return
	}
	e.send(l, frameBye, byeFrame{Reason: clip(reason)})
	e.emit(Close{Link: l.id, Reason: reason})
	e.remove(now, l, reason)
}

// remove forgets a link. What it was to bring is asked of another.
func (e *Engine) remove(now time.Time, l *link, reason string) {
	i, ok := e.find(l.id)
	if !ok {
		return
	}
	e.links = slices.Delete(e.links, i, i+1)
	e.wide = true
	if p := e.peers[l.peer]; p != nil {
		p.err = reason
	}
	e.dirty = true
	e.unspare()
	for _, f := range sortedFeeds(e.sources) {
		if e.sources[f].link == l.id {
			e.reassign(now, f, l.id)
		}
	}
}

// byeRemoved is what a removed device is told when its links are closed.
const byeRemoved = "this device is not a member any more"

func (e *Engine) revoke(now time.Time, device model.DeviceKey) {
	if e.has(revokedKept) {
		return
	}
	for _, l := range slices.Clone(e.links) {
		if l.peer == device {
			e.close(now, l, byeRemoved)
		}
	}
	delete(e.peers, device)
	e.dirty = true
}

func (e *Engine) headsChanged(now time.Time, ev HeadsChanged) {
	e.own = ev.Own
	if ev.Naming != e.naming {
		e.rename(now, ev)
		return
	}
	e.short.Archives, e.short.Wanted = ev.Short.Archives, ev.Short.Wanted
	var changed []model.FeedID
	for f, h := range ev.Heads {
		was := e.heads[f]
		if h.Seq > was.Seq {
			changed = append(changed, f)
		} else if h.Seq == was.Seq && was.Hash == (model.Hash{}) {
			e.heads[f] = h
		}
	}
	slices.SortFunc(changed, model.FeedID.Compare)
	for _, f := range changed {
		e.advance(now, f, ev.Heads[f], nil)
	}
}

// rename begins anew on other names, or with feeds that begin elsewhere. Cursors and what peers are known to hold
// are told in the old ones, so every link ends; peers hear another boot number
// and forget what they knew, as if this device had been started again.
func (e *Engine) rename(now time.Time, ev HeadsChanged) {
	e.naming, e.heads, e.short = ev.Naming, ev.Heads.Clone(), ev.Short
	e.cfg.Boot++
	clear(e.through)
	clear(e.sources)
	clear(e.regains)
	for _, p := range e.peers {
		maps.DeleteFunc(p.holds, func(f model.FeedID, _ uint64) bool { return e.heads[f].Seq == 0 })
	}
	for _, l := range slices.Clone(e.links) {
		if e.has(renameKept) {
			continue
		}
		e.close(now, l, "feeds are held otherwise here than before, and the link begins anew")
	}
	e.dirty = true
}

// reaches is how far a feed is durable here, under whatever name.
func (e *Engine) reaches(f model.FeedID) uint64 { return max(e.heads[f].Seq, e.through[f]) }

// advance is the one place where what is held durably rises.
func (e *Engine) advance(now time.Time, f model.FeedID, h model.Head, from *link) {
	if h.Seq <= e.heads[f].Seq {
		return
	}
	e.heads[f] = h
	e.dirty = true
	e.progress(now, f)
	e.offer(now, f, from)
}

// progress notes that a feed got further.
func (e *Engine) progress(now time.Time, f model.FeedID) {
	if s := e.sources[f]; s != nil {
		s.at = now
		if e.reaches(f) >= s.upto {
			e.reassign(now, f, 0)
		}
	}
}

func (e *Engine) tick(now time.Time) {
	for _, l := range slices.Clone(e.links) {
		e.tickLink(now, l)
	}
	for _, f := range sortedFeeds(e.sources) {
		if s := e.sources[f]; now.Sub(s.at) >= stallAfter {
			e.reassign(now, f, s.link)
		}
	}
	e.regain(now)
}

func (e *Engine) addressesChanged(ev AddressesChanged) {
	mine, known := clipAddresses(ev.Mine), clipAddresses(ev.Known)
	if slices.Equal(mine, e.addresses) && slices.Equal(known, e.known) {
		return
	}
	e.addresses, e.known = mine, known
	for _, l := range e.links {
		if l.ready {
			e.sendAddresses(l)
		}
	}
}

func (e *Engine) sendAddresses(l *link) {
	all := clipAddresses(slices.Concat(e.addresses, e.known))
	if len(all) > 0 {
		e.send(l, frameAddresses, addressesFrame{Addresses: all})
	}
}

func clipAddresses(as []string) []string {
	return slices.Clone(as[:min(len(as), maxAddresses)])
}

// clip bounds a text we send, at the border of a character.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// printable takes from a peer's text what could play tricks where it is shown.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}

func sortedFeeds[V any](m map[model.FeedID]V) []model.FeedID {
	if len(m) == 0 {
		return nil
	}
	return slices.SortedFunc(maps.Keys(m), model.FeedID.Compare)
}
