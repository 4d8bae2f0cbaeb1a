//go:build hostile

package node_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
)

// again is an amount of bytes that is drawn over and over.
type again []byte

func (a again) Read(p []byte) (int, error) {
	for n := 0; n < len(p); n += copy(p[n:], a) {
	}
	return len(p), nil
}

// saying is a line of the record with other words of the same length.
func (h *hostile) saying(words string) []byte {
	const shipped = "shard 4 is behind"
	body := bytes.Replace(h.logBody(), []byte(shipped), fmt.Appendf(nil, "%-*.*s", len(shipped), len(shipped), words), 1)
	if bytes.Equal(body, h.logBody()) {
		panic("the line was not altered")
	}
	return body
}

// histories are two feeds of one name, alike in the first commit and different after it.
func (h *hostile) histories(d *badDevice, seed string, one, other string) (a, b []mesh.Run) {
	opts := oplog.Options{Keys: d.keys, Device: d.Private(), Rand: again(seed), Now: func() time.Time { return time.UnixMilli(1.79e12) }}
	tell := func(words string) []mesh.Run {
		return h.forgeBy(opts, d.room, epochOf(d.keys), h.saying("it is the index"), h.saying(words), h.saying(words+"!"))
	}
	return tell(one), tell(other)
}

// tells says hello and sends runs, and waits for nothing.
func tells(l *badLink, runs ...mesh.Run) {
	_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1))
	sendAll(l, runs)
}

func sendAll(l *badLink, runs []mesh.Run) {
	for _, r := range runs {
		_ = l.ws.WriteMessage(websocket.BinaryMessage, runFrame(r))
	}
}

// twoFaced shows one history to the victim and the other to the honest peer, which
// are linked to each other, and gives the feed both then hold equally far. Where one
// peer is quicker to pass on what it was told, the other takes no second history.
func (h *hostile) twoFaced() (feed model.FeedID, done bool) {
	links := []*badLink{h.enter(h.eve), enterAt(h.honest.Address(), h.eve)}
	go links[1].listen()
	defer func() {
		for _, l := range links {
			_ = l.ws.Close()
			<-l.ended
		}
	}()
	for _, l := range links {
		tells(l)
		<-l.greeted
	}
	for n := range 20 {
		one, other := h.histories(h.eve, fmt.Sprint("two-faced ", n), "it is the cache", "it is the disks")
		feed = one[0].Feed
		var both sync.WaitGroup
		both.Go(func() { sendAll(links[0], one) })
		both.Go(func() { sendAll(links[1], other) })
		both.Wait()
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			a, b := h.victim.Heads()[feed], h.honest.Heads()[feed]
			if a.Seq == 3 && b.Seq == 3 && a.Hash != b.Hash {
				return feed, true
			}
			if a.Seq == 3 && a == b {
				break
			}
		}
	}
	return feed, false
}

// equivocates tells how both came to know, while their link lasted, that they were told
// different histories of one length.
func (h *hostile) equivocates() string {
	feed, done := h.twoFaced()
	if !done {
		return "NEVER APART"
	}
	missing := ""
	for end := time.Now().Add(45 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		missing = ""
		for _, r := range []*node.Room{h.victim, h.honest} {
			seen, warned := texts(r), strings.Join(r.Warnings(), " ")
			for _, words := range []string{"it is the cache", "it is the cache!", "it is the disks", "it is the disks!"} {
				if seen[words] == 0 {
					missing = fmt.Sprintf("%q is not there", words)
				}
			}
			if len(r.Forks()) != 1 || r.Forks()[0].Feed != feed || r.Forks()[0].Seq != 2 || !strings.Contains(warned, "Eve Park") {
				missing = fmt.Sprintf("forks %v, told %q", r.Forks(), warned)
			}
		}
		if missing == "" {
			return "both keep both histories, name Eve Park and say: goes on in 2 ways from commit 2"
		}
	}
	return missing
}

// openingOf gives how a feed was opened, which every member can read.
func (h *hostile) openingOf(d *badDevice, feed model.FeedID) oplog.FeedOpen {
	reader, err := oplog.Create(filepath.Join(h.t.TempDir(), "read.db"), oplog.CreateOptions{Options: oplog.Options{Reserve: -1}, Room: d.room})
	if err != nil {
		panic(err)
	}
	defer reader.Close()
	l := enterAt(h.addr, d)
	defer l.ws.Close()
	// It says that it holds the other feeds: it acknowledges nothing, and they would fill
	// the window before this one.
	var others []any
	for f, head := range h.victim.Heads() {
		if f != feed {
			others = append(others, []any{f[:], head.Seq, head.Hash[:8]})
		}
	}
	_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1, others...))
	_ = l.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, b, err := l.ws.ReadMessage()
		if err != nil {
			panic(fmt.Errorf("the feed is not sent: %w", err))
		}
		var f struct {
			Bytes []byte `cbor:"4,keyasint"`
		}
		if b[0] != 3 || cbor.Unmarshal(b[1:], &f) != nil {
			continue
		}
		run, err := oplog.DecodeRun(f.Bytes)
		if err != nil || run.Feed != feed {
			continue
		}
		v, err := reader.Verify(run)
		if err != nil {
			panic(err)
		}
		return v.Open()
	}
}

// forgesAFork brings a branch of an honest device's feed: opened as that device
// opened it, and signed by another key.
func (h *hostile) forgesAFork(of *node.Room) string {
	feed, head := of.OwnFeed(), of.Heads()[of.OwnFeed()]
	open := h.openingOf(h.mallory, feed)
	key := slices.Concat(h.carl.Private().Seed(), open.Device[:])
	bodies := make([][]byte, head.Seq+1)
	for i := range bodies {
		bodies[i] = h.saying("nobody wrote this")
	}
	forged := h.forgeBy(oplog.Options{Keys: h.carl.keys, Device: ed25519.PrivateKey(key), Rand: opening{open.Nonce}},
		h.carl.room, epochOf(h.carl.keys), bodies...)
	if forged[0].Feed != feed {
		return "the forgery has another name than the feed"
	}
	l := h.enter(h.carl)
	defer func() {
		_ = l.ws.Close()
		<-l.ended
	}()
	// Another hash at the same place has the node ask for the feed from its first commit.
	_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1, []any{feed[:], head.Seq, make([]byte, 8)}))
	if told := l.awaits("again from 0", time.Minute); !strings.Contains(told, "again from 0") {
		return "not asked for: " + told
	}
	for _, r := range forged {
		_ = l.ws.WriteMessage(websocket.BinaryMessage, runFrame(r))
	}
	told := l.awaits("bye", time.Minute)
	for _, f := range slices.Concat(h.victim.Forks(), h.honest.Forks()) {
		if f.Feed == feed {
			return "BELIEVED"
		}
	}
	return told
}

// opening draws one nonce wherever sixteen bytes are asked for.
type opening struct{ nonce model.Nonce }

func (o opening) Read(p []byte) (int, error) {
	if len(p) == len(o.nonce) {
		return copy(p, o.nonce[:]), nil
	}
	return rand.Read(p)
}

// writesMuch has a device that is away write more than every peer is asked for at once,
// and more than a window of it.
func writesMuch(t *testing.T, r *node.Room) {
	t.Helper()
	inc := do(t, r, model.Declare{Title: "Mail queue grows", Severity: model.P2}).Code
	for range 2500 {
		text := make([]byte, 1<<10)
		_, _ = rand.Read(text)
		do(t, r, model.Log{Incident: inc, Text: hex.EncodeToString(text)})
	}
}

// outwaits acknowledges lines of an honest device that is away, which nobody but that
// device has: the node waits for them from the liar, and not for long.
func (h *hostile) outwaits() string {
	feed, wrote := h.noor.OwnFeed(), h.noor.Heads()[h.noor.OwnFeed()].Seq
	l := h.enter(h.carl)
	defer func() {
		_ = l.ws.Close()
		<-l.ended
	}()
	const claim = uint64(1) << 40
	_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1))
	_ = l.ws.WriteMessage(websocket.BinaryMessage, frame(4, map[int]any{1: []any{[]any{feed[:], claim}}}))
	for end := time.Now().Add(5 * time.Second); h.victim.Mesh().Holds(feed, claim) == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	h.noor.Mesh().SetOnline(true)
	connect(h.t, h.noor, h.victim)
	began := time.Now()
	for h.victim.Heads()[feed].Seq < wrote {
		if time.Since(began) > 25*time.Second {
			return "HELD UP by who never had it"
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := h.victim.Mesh().Holds(feed, claim); n != 1 {
		return fmt.Sprintf("BELIEVED of %d devices", n)
	}
	for _, p := range h.honest.Peers() {
		if p.Device == h.victim.Device() && p.Ahead >= claim-wrote {
			return "PASSED ON"
		}
	}
	return fmt.Sprintf("here %.0f s later from who has it; the claim is the liar's alone", time.Since(began).Seconds())
}

// deaf is a link whose other end reads nothing more, with little room before that.
func (h *hostile) deaf(d *badDevice) *badLink {
	return enterAt(h.addr, d, func(_ *tls.Config, wd *websocket.Dialer) {
		wd.NetDial = func(network, addr string) (net.Conn, error) {
			c, err := net.Dial(network, addr)
			if err == nil {
				err = c.(*net.TCPConn).SetReadBuffer(4 << 10)
			}
			return c, err
		}
	})
}

// unread links and asks for the node's own feed over and over, until more is under way
// than sockets hold, and reads nothing of it.
func (h *hostile) unread(d *badDevice) *badLink {
	l := h.deaf(d)
	own := h.victim.OwnFeed()
	var heads []any // of all others, whose runs would fill the window and end it
	for f, head := range h.victim.Heads() {
		if f != own {
			heads = append(heads, []any{f[:], head.Seq, []byte{}})
		}
	}
	_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1, heads...))
	for range 300 {
		_ = l.ws.WriteMessage(websocket.BinaryMessage, frame(9, map[int]any{1: own[:], 2: 0}))
		time.Sleep(5 * time.Millisecond)
	}
	return l
}

// floodsDeaf asks for history and for answers, and never reads either.
func (h *hostile) floodsDeaf() string {
	began, before := time.Now(), heap()
	l := h.unread(h.nadia)
	defer l.ws.Close()
	most := heap() - before
	ping := frame(5, map[int]any{1: 1})
	for n := 0; n < 30_000 && l.ws.WriteMessage(websocket.BinaryMessage, ping) == nil; n++ {
		if n%1000 == 0 {
			most = max(most, heap()-before)
		}
	}
	told := h.shown(h.nadia, 12*time.Second) // before a frame that does not leave ends the link
	if most > 16<<20 {
		return fmt.Sprintf("HOLDS %d MiB", most>>20)
	}
	return fmt.Sprintf("%s, after %.0f s, %+.1f MiB", told, time.Since(began).Seconds(), float64(most)/(1<<20))
}

// fallsDeaf asks for history, reads nothing and says nothing more.
func (h *hostile) fallsDeaf() string {
	began := time.Now()
	l := h.unread(h.omar)
	defer l.ws.Close()
	return fmt.Sprintf("%s, after %.0f s", h.shown(h.omar, 40*time.Second), time.Since(began).Seconds())
}

// sealedAlike writes two lines of the same words under the same nonce.
func (h *hostile) sealedAlike() string {
	opts := oplog.Options{Keys: h.mallory.keys, Device: h.mallory.Private(), Rand: again("drawn once")}
	runs := h.forgeBy(opts, h.mallory.room, epochOf(h.mallory.keys), h.saying("drawn only once"), h.saying("drawn only once"))
	var boxes [2][]byte
	for i, r := range runs {
		run, err := oplog.DecodeRun(r.Bytes)
		if err != nil {
			panic(err)
		}
		boxes[i] = run.Payload[len(run.Payload)-60 : len(run.Payload)-16] // the end of what is sealed, less its tag
	}
	if bytes.Equal(boxes[0], boxes[1]) {
		return "ALIKE: one key for both"
	}
	told := h.sends("again", runFrame(runs[0]), runFrame(runs[1]))
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if texts(h.victim)["drawn only once"] == 2 {
			return "each commit has a key of its own: both are read, nothing alike is sent"
		}
	}
	return told
}

// withHistories are attacks of members on what the record holds, and one on memory.
var withHistories = []attack{
	{"member", "shows two histories to two peers", "goes on in 2 ways", (*hostile).equivocates},
	{"member", "forges a branch of another's feed", "not valid", func(h *hostile) string {
		do(h.t, h.honest, model.Log{Incident: "Search stale", Text: "shard 4 is rebuilt"})
		same(h.t, h.victim, h.honest)
		return h.forgesAFork(h.honest)
	}},
	{"member", "goes on from a commit it shows nobody", "again from 0", func(h *hostile) string {
		one, other := h.histories(h.mallory, "hidden prev", "it is the index", "it is the queue")
		return h.sends("again", runFrame(one[0]), runFrame(one[1]), runFrame(other[2]))
	}},
	{"member", "seals under a key nobody has", "kept unread", func(h *hostile) string {
		opts := oplog.Options{Keys: secretKey{}, Device: h.mallory.Private()}
		return h.counted("kept unread and counted, as of a newer version", func(s *model.State) uint64 { return s.Newer },
			h.forgeBy(opts, h.mallory.room, 77, h.logBody())...)
	}},
	{"member", "seals with another key than it names", "kept unread", func(h *hostile) string {
		opts := oplog.Options{Keys: secretKey{}, Device: h.mallory.Private()}
		return h.counted("kept unread and counted, as of a newer version", func(s *model.State) uint64 { return s.Newer },
			h.forgeBy(opts, h.mallory.room, epochOf(h.mallory.keys), h.logBody())...)
	}},
	{"member", "uses one nonce twice", "a key of its own", (*hostile).sealedAlike},
	{"member", "links, sends and never reads", "does not read what it is sent", (*hostile).floodsDeaf},
}

// secretKey is one key for whatever epoch.
type secretKey struct{}

func (secretKey) Key(uint32) ([32]byte, bool) { return [32]byte{7}, true }

// slowLinks are attacks by links, made beside the others.
var slowLinks = []attack{
	{"member", "asks for history, reads nothing, says nothing", "does not read what it is sent", (*hostile).fallsDeaf},
}

// untimed is made when no honest line is timed: it has an honest peer catch up.
var untimed = attack{"member", "acknowledges another's lines it never got", "from who has it", (*hostile).outwaits}
