//go:build hostile

package node_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// A node with a real record and real sockets is attacked by outsiders, by
// members and by a device that was removed. Each attack has to be refused with
// a reason by name: what the attacker was told or, as strangers are told
// nothing, what the node's own log says. Meanwhile an honest peer is timed.

// attack gives what the attacker was told, if anything; want is part of the
// reason, looked for there and in the node's log.
type attack struct {
	who, what, want string
	do              func(h *hostile) string
}

type hostile struct {
	t        *testing.T
	addr     string
	victim   *node.Room
	host     *node.Node
	log      *lines
	honest   *node.Room // linked to the victim, and timed
	noor     *node.Room // another, that is away at first
	mallory  *badDevice // a member
	eve      *badDevice // members too, each for attacks that spoil its device for others
	nadia    *badDevice
	omar     *badDevice
	carl     *badDevice
	olive    *badDevice // an observer
	rex      *badDevice // removed
	stranger *badDevice
	bodies   [][]byte // of the founder's commits, opened
	bulk     []byte
}

// badDevice is a device whose program does what it likes.
type badDevice struct {
	*identity.Device
	cert []byte
	room model.RoomID
	keys oplog.Keys
}

// lines is a log kept in memory.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Enabled(context.Context, slog.Level) bool { return true }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *lines) WithGroup(string) slog.Handler            { return l }
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.Key + "=" + a.Value.String(); return true })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, text)
	return nil
}

func (l *lines) after(n int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all[n:])
}

// retired takes a member's device over: its program ends, its keys go on.
func retired(t *testing.T, n *node.Node, home string, room model.RoomID) (*badDevice, [][]byte) {
	t.Helper()
	closed(t, n)
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := h.Rooms()[0]
	cert, err := h.Certificate(room)
	if err != nil {
		t.Fatal(err)
	}
	d := &badDevice{Device: h.Device(), cert: cert, room: room, keys: r.Keys()}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	db := glob(t, filepath.Join(home, "rooms", "*", "room.db"))[0]
	l, err := oplog.Open(db, oplog.Options{Keys: d.keys})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var bodies [][]byte
	err = l.Scan(nil, func(c oplog.Commit) error {
		b, err := l.Open(c)
		bodies = append(bodies, slices.Clone(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, bodies
}

// epochOf is the newest room key a device had.
func epochOf(keys oplog.Keys) (newest uint32) {
	for e := range uint32(16) {
		if _, ok := keys.Key(e); ok {
			newest = e
		}
	}
	return newest
}

// forge writes bodies in a fresh feed of the device, each signed, and gives them as runs.
func (h *hostile) forge(d *badDevice, room model.RoomID, bodies ...[]byte) []mesh.Run {
	return h.forgeBy(oplog.Options{Keys: d.keys, Device: d.Private()}, room, epochOf(d.keys), bodies...)
}

func (h *hostile) forgeBy(opts oplog.Options, room model.RoomID, epoch uint32, bodies ...[]byte) []mesh.Run {
	opts.Reserve = -1
	l, err := oplog.Create(filepath.Join(h.t.TempDir(), "forged.db"), oplog.CreateOptions{Options: opts, Room: room})
	if err != nil {
		panic(err)
	}
	defer l.Close()
	l.SetEpoch(epoch)
	var runs []mesh.Run
	for _, body := range bodies {
		b := l.Begin()
		c, err := b.Append(oplog.Draft{Body: body})
		if err == nil {
			err = b.Commit()
		}
		if err != nil {
			panic(err)
		}
		run, _, err := l.ReadRun(c.Feed, c.Seq-1, 1, 1<<20)
		if err != nil {
			panic(err)
		}
		runs = append(runs, mesh.Run{Feed: run.Feed, First: run.First, Count: run.Count, Bytes: oplog.AppendRun(nil, run)})
	}
	return runs
}

// badLink is one connection of an attacker.
type badLink struct {
	ws       *websocket.Conn
	material []byte
	mu       sync.Mutex
	told     []string
	greeted  chan struct{} // closed by the node's first frame: it counts the link from then on
	ended    chan struct{}
}

func (h *hostile) dial(d *badDevice, header http.Header, change ...func(*tls.Config, *websocket.Dialer)) (*badLink, error) {
	return dialAt(h.addr, d, header, change...)
}

func dialAt(addr string, d *badDevice, header http.Header, change ...func(*tls.Config, *websocket.Dialer)) (*badLink, error) {
	conf := d.ClientTLS(nil)
	wd := websocket.Dialer{TLSClientConfig: conf, Subprotocols: []string{mesh.Subprotocol}, HandshakeTimeout: 10 * time.Second}
	for _, fn := range change {
		fn(conf, &wd)
	}
	ws, resp, err := wd.Dial("wss://"+addr+mesh.Path, header)
	if err != nil {
		if resp != nil {
			b := make([]byte, 200)
			n, _ := resp.Body.Read(b)
			err = fmt.Errorf("%s: %s", resp.Status, strings.TrimSpace(string(b[:n])))
		}
		return nil, err
	}
	l := &badLink{ws: ws, greeted: make(chan struct{}), ended: make(chan struct{})}
	state := ws.NetConn().(*tls.Conn).ConnectionState()
	l.material, err = state.ExportKeyingMaterial("EXPORTER-holdfast-room-v1", nil, 32)
	return l, err
}

// says is what went wrong at the door, or "" where the door opened.
func says(_ *badLink, err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

func proof(room model.RoomID, word string, material []byte) []byte {
	m := hmac.New(sha256.New, room[:])
	m.Write([]byte(word))
	m.Write(material)
	return m.Sum(nil)
}

func knock(proof, cert []byte) []byte {
	b, err := cbor.Marshal(map[int][]byte{1: proof, 2: cert})
	if err != nil {
		panic(err)
	}
	return b
}

// knocks opens a connection and says the first thing on it.
func (h *hostile) knocks(d *badDevice, say func(l *badLink) []byte) string {
	l, err := h.dial(d, nil)
	if err != nil {
		return err.Error()
	}
	defer l.ws.Close()
	_ = l.ws.WriteMessage(websocket.BinaryMessage, say(l))
	_ = l.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, b, err := l.ws.ReadMessage(); err == nil {
		return fmt.Sprintf("ANSWERED with %d bytes", len(b))
	}
	return ""
}

// enter links as a member does, up to but without the hello.
func (h *hostile) enter(d *badDevice) *badLink {
	l := enterAt(h.addr, d)
	go l.listen()
	return l
}

// enterAt is enter at any address; what comes is not read.
func enterAt(addr string, d *badDevice, change ...func(*tls.Config, *websocket.Dialer)) *badLink {
	l, err := dialAt(addr, d, nil, change...)
	if err != nil {
		panic(err)
	}
	if err := l.ws.WriteMessage(websocket.BinaryMessage, knock(proof(d.room, "holdfast knock 1", l.material), d.cert)); err != nil {
		panic(err)
	}
	if _, _, err := l.ws.ReadMessage(); err != nil {
		panic(fmt.Errorf("a member is not let in: %w", err))
	}
	return l
}

// listen keeps what the node says, in words.
func (l *badLink) listen() {
	defer close(l.ended)
	for first := true; ; first = false {
		_, b, err := l.ws.ReadMessage()
		if err != nil {
			return
		}
		if first {
			close(l.greeted)
		}
		var m map[int]any
		if len(b) < 2 || cbor.Unmarshal(b[1:], &m) != nil {
			continue
		}
		text := ""
		switch b[0] {
		case 8:
			text = fmt.Sprint("bye: ", m[1])
		case 9:
			text = fmt.Sprint("again from ", m[2])
		case 10:
			text = "stop sending this feed"
		}
		if text != "" {
			l.mu.Lock()
			l.told = append(l.told, text)
			l.mu.Unlock()
		}
	}
}

func (l *badLink) heard() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.told, "; ")
}

// awaits gives what was heard once it holds want, the link ended, or time is up.
func (l *badLink) awaits(want string, limit time.Duration) string {
	end := time.After(limit)
	for !strings.Contains(l.heard(), want) {
		select {
		case <-l.ended:
			return l.heard()
		case <-end:
			return l.heard()
		case <-time.After(2 * time.Millisecond):
		}
	}
	return l.heard()
}

func frame(kind byte, body any) []byte {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	b, err := mode.Marshal(body)
	if err != nil {
		panic(err)
	}
	return append([]byte{kind}, b...)
}

func hello(proto int, heads ...any) []byte {
	if heads == nil {
		heads = []any{}
	}
	return frame(1, map[int]any{1: proto, 2: uint64(time.Now().UnixNano()), 3: time.Now().UnixMilli(), 4: "bad", 5: heads})
}

func runFrame(r mesh.Run) []byte {
	return frame(3, map[int]any{1: r.Feed[:], 2: r.First, 3: r.Count, 4: r.Bytes})
}

// sends links as mallory, says hello and then the frames.
func (h *hostile) sends(want string, frames ...[]byte) string {
	return h.talks(want, append([][]byte{hello(1)}, frames...)...)
}

func (h *hostile) talks(want string, frames ...[]byte) string {
	l := h.enter(h.mallory)
	defer func() {
		_ = l.ws.Close()
		<-l.ended
	}()
	for _, f := range frames {
		if l.ws.WriteMessage(websocket.BinaryMessage, f) != nil {
			break
		}
	}
	return l.awaits(want, time.Minute)
}

// pulse times lines from the victim to an honest peer, durable at both, until stop.
func pulse(t *testing.T, a, b *node.Room, inc string, stop <-chan struct{}, most int) []time.Duration {
	var out []time.Duration
	changed := make(chan struct{}, 1)
	defer b.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for len(out) < most && !t.Failed() {
		select {
		case <-stop:
			return out
		case <-time.After(10 * time.Millisecond):
		}
		began := time.Now()
		if _, err := a.Do(t.Context(), model.Log{Incident: inc, Text: "queue at 40 a second"}); err != nil {
			t.Error(err)
			return out
		}
		feed := a.OwnFeed()
		seq := a.Heads()[feed].Seq
		for b.Heads()[feed].Seq < seq {
			select {
			case <-changed:
			case <-time.After(10 * time.Second):
				t.Error("a line did not arrive at the honest peer within 10 s")
				return out
			}
		}
		out = append(out, time.Since(began))
	}
	return out
}

func p99(ds []time.Duration) time.Duration {
	if len(ds) == 0 {
		return 0
	}
	ds = slices.Sorted(slices.Values(ds))
	return ds[len(ds)*99/100]
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func (h *hostile) view(fn func(*model.State) uint64) (n uint64) {
	h.victim.View(func(s *model.State) { n = fn(s) })
	return n
}

// counted sends runs as mallory and tells by how much a counter of the record rose.
func (h *hostile) counted(what string, count func(*model.State) uint64, runs ...mesh.Run) string {
	before := h.view(count)
	l := h.enter(h.mallory)
	defer func() {
		_ = l.ws.Close()
		<-l.ended
	}()
	_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1))
	for _, r := range runs {
		_ = l.ws.WriteMessage(websocket.BinaryMessage, runFrame(r))
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if n := h.view(count); n > before {
			return fmt.Sprintf("%s: %d", what, n-before)
		}
	}
	return l.heard()
}

// shownOut is how long a stranger may take to knock, and late what a busy machine needs
// beside that.
const shownOut, late = 5 * time.Second, 10 * time.Second

// drip connects, sends bytes of a slow attacker and tells after how long it was shown out.
func drip(connect func() (net.Conn, error), b []byte) string {
	began := time.Now()
	c, err := connect()
	if err != nil {
		return err.Error()
	}
	for i := 0; time.Since(began) < 20*time.Second; i++ {
		_ = c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if len(b) > 0 {
			if _, err := c.Write(b[i%len(b) : i%len(b)+1]); err != nil {
				break
			}
		}
		var ne net.Error
		if _, err := c.Read(make([]byte, 100)); err != nil && !(errors.As(err, &ne) && ne.Timeout()) {
			break
		}
	}
	took := time.Since(began)
	if took < shownOut || took > shownOut+late {
		return fmt.Sprintf("gone after %.1f s", took.Seconds())
	}
	return fmt.Sprintf("shown out in time, after %.1f s", took.Seconds())
}

func newLogger(l *lines) *slog.Logger { return slog.New(l) }

// bombPayload packs zeros as the columns of a run are packed.
func bombPayload(zeros []byte) []byte {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	small := enc.EncodeAll(zeros, nil)
	out := binary.AppendUvarint([]byte{1}, uint64(len(small)))
	return append(out, small...)
}
