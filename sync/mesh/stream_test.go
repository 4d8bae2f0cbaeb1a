package mesh

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
)

// streams gathers the streams of a node, each open until its other end ends it.
type streams struct {
	mu    sync.Mutex
	open  map[model.DeviceKey]*Stream
	heard chan []byte
	count int
}

const testFrame = 64 << 10

func withStreams(s *streams) func(*Config) {
	s.open, s.heard = map[model.DeviceKey]*Stream{}, make(chan []byte, 16)
	return func(c *Config) {
		c.Streams = &Streams{MaxFrame: testFrame, Serve: func(_ context.Context, st *Stream) {
			s.mu.Lock()
			s.open[st.Peer()] = st
			s.count++
			s.mu.Unlock()
			for {
				b, err := st.Read()
				if err != nil {
					break
				}
				s.heard <- b
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.open[st.Peer()] == st {
				delete(s.open, st.Peer())
			}
		}}
	}
}

func (s *streams) to(o *node) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[o.id.key]
}

func (s *streams) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// twoWithStreams links two nodes; the second dials.
func twoWithStreams(t *testing.T) (a, b *node, as, bs *streams) {
	t.Helper()
	as, bs = &streams{}, &streams{}
	a, b = newNode(t, withStreams(as)), newNode(t, withStreams(bs))
	b.join(a)
	await(t, "a stream at both ends", func() bool { return as.to(b) != nil && bs.to(a) != nil })
	return a, b, as, bs
}

func TestStreamGoesBesideALink(t *testing.T) {
	a, b, as, bs := twoWithStreams(t)
	for _, way := range []struct {
		from *Stream
		at   *streams
	}{{as.to(b), bs}, {bs.to(a), as}} {
		frame := bytes.Repeat([]byte{7}, testFrame)
		if err := way.from.Write(frame); err != nil {
			t.Fatal(err)
		}
		if got := <-way.at.heard; !bytes.Equal(got, frame) {
			t.Errorf("%d other bytes arrive", len(got))
		}
	}
	bs.to(a).Close("try again")
	await(t, "the stream is opened again", func() bool { return as.opened() >= 2 && as.to(b) != nil && bs.to(a) != nil })
	if !a.linked(b)() {
		t.Error("the link ended with its stream")
	}
}

func TestStreamEndsWithItsLink(t *testing.T) {
	for name, end := range map[string]func(a, b *node){
		"offline": func(a, _ *node) { a.mesh.SetOnline(false) },
		"dropped": func(a, b *node) { a.mesh.Drop(b.id.key); a.mesh.SetOnline(false) },
		"stopped": func(_, b *node) { b.stop() },
	} {
		t.Run(name, func(t *testing.T) {
			a, b, as, bs := twoWithStreams(t)
			end(a, b)
			await(t, "no stream is left", func() bool { return as.to(b) == nil && bs.to(a) == nil })
		})
	}
}

func TestStreamFrameAboveTheLimitEndsIt(t *testing.T) {
	a, b, as, bs := twoWithStreams(t)
	if err := bs.to(a).Write(make([]byte, testFrame+1)); err != nil {
		t.Fatal(err)
	}
	await(t, "the stream is opened again", func() bool { return as.opened() >= 2 && as.to(b) != nil })
	if len(as.heard) != 0 {
		t.Error("a frame above the limit was taken")
	}
}

func TestStreamIsForLinkedMembersAlone(t *testing.T) {
	as := &streams{}
	member := newIdentity(t)
	a := newNode(t, withStreams(as), func(c *Config) {
		c.Authorize = func(k model.DeviceKey, _ []byte) bool { return k == member.key }
	})
	for name, id := range map[string]*testIdentity{"stranger": newIdentity(t), "member without a link": member} {
		t.Run(name, func(t *testing.T) {
			d := dialStream(t, a, id)
			msg, err := encodeKnock(testRoom, knockWord, d.material, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.ws.WriteMessage(websocket.BinaryMessage, msg); err != nil {
				t.Fatal(err)
			}
			d.closes(t)
		})
	}
	if as.opened() != 0 {
		t.Error("a stream was served")
	}
}

func dialStream(t *testing.T, n *node, id *testIdentity) *dialled {
	t.Helper()
	conf := id.ClientTLS(nil)
	conf.NextProtos = []string{"http/1.1"}
	d := websocket.Dialer{TLSClientConfig: conf, Subprotocols: []string{StreamSubprotocol}, HandshakeTimeout: 10 * time.Second}
	ws, resp, err := d.Dial("wss://"+n.addr+StreamPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	out := &dialled{ws: ws}
	m := Mesh{cfg: Config{Identity: id}}
	if _, out.material, err = m.reached(ws); err != nil {
		t.Fatal(err)
	}
	return out
}
