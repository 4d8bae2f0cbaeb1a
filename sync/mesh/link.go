package mesh

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

const (
	// writeWithin is how long one frame may take to leave: at 1 MiB that is a
	// line of 0.5 Mbit/s. Slower, and the link is better begun anew.
	writeWithin = 20 * time.Second
	// byeWithin is how long a closing link may take to say why.
	byeWithin = 2 * time.Second
	// keepBuffer is how large a read buffer a link keeps through small frames.
	keepBuffer = 64 << 10
	// maxQueued bounds what waits to be written. Runs are read only when the
	// queue is empty, so what waits is acknowledgements and pings: this many
	// are left by a peer that sends but never reads.
	maxQueued = 4096
)

// link is one connection. Its queue is filled by Mesh.step and emptied by its
// writer, which also reads the log: so at most one run is in memory to be sent,
// and one more that all idle links share.
type link struct {
	id       engine.LinkID
	peer     model.DeviceKey
	outgoing bool
	address  string // in the book, for outgoing links
	since    time.Time
	ws       *websocket.Conn

	mu     sync.Mutex
	queue  []task
	busy   bool // the writer has taken a task and is not back
	ended  bool
	reason string
	last   *time.Timer   // set when the link is to end after its queue
	wake   chan struct{} // capacity 1
	done   chan struct{} // closed when ended
}

// task is something for the writer: a frame, a read of the log or of what is open, or the end.
type task struct {
	frame []byte
	read  *engine.ReadRun
	brief *engine.ReadBrief
	proof *engine.ReadProof
	end   bool
}

// opened is a connection whose other end is authorised.
type opened struct {
	ws       *websocket.Conn
	peer     model.DeviceKey
	outgoing bool
	address  string
	tag      uint64
}

// adopt makes a connection a link. False if there is no room for it.
func (m *Mesh) adopt(o opened) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	full := m.incoming >= m.cfg.MaxIncoming
	if o.outgoing {
		full = len(m.links)-m.incoming >= m.cfg.MaxOutgoing // more tries than places may be under way
	}
	if !m.running || !m.online || full {
		return false
	}
	m.nextLink++
	l := &link{
		id: m.nextLink, peer: o.peer, outgoing: o.outgoing, address: o.address, since: m.cfg.Now(), ws: o.ws,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	l.ws.SetReadLimit(engine.MaxFrame)
	m.links[l.id] = l
	if !l.outgoing {
		m.incoming++
	}
	m.tasks.Go(func() { m.readLink(l) })
	m.tasks.Go(func() { m.writeLink(l) })
	if ctx := m.runCtx; l.outgoing && m.cfg.Streams != nil {
		m.tasks.Go(func() { m.streamLoop(ctx, l) })
	}
	m.step(engine.LinkUp{
		Link: l.id, Peer: l.peer, Outgoing: l.outgoing, Tag: o.tag, Address: l.ws.RemoteAddr().String(),
	})
	return true
}

// readLink feeds what arrives to the engine until the connection ends.
func (m *Mesh) readLink(l *link) {
	var buf bytes.Buffer
	for {
		if buf.Cap() > keepBuffer && buf.Len() < keepBuffer/4 {
			buf = bytes.Buffer{}
		}
		err := l.readFrame(&buf)
		frame := buf.Bytes()
		m.mu.Lock()
		if err != nil {
			l.kill(describe(err))
			m.unlink(l)
			m.mu.Unlock()
			return
		}
		if m.links[l.id] == l {
			m.step(engine.FrameReceived{Link: l.id, Frame: frame})
		}
		m.mu.Unlock()
	}
}

func (l *link) readFrame(buf *bytes.Buffer) error {
	buf.Reset()
	if err := l.ws.SetReadDeadline(time.Now().Add(engine.DeadAfter)); err != nil {
		return err
	}
	kind, r, err := l.ws.NextReader()
	if err != nil {
		return err
	}
	if kind != websocket.BinaryMessage {
		return errText
	}
	_, err = buf.ReadFrom(r)
	return err
}

// writeLink does the link's tasks in order.
func (m *Mesh) writeLink(l *link) {
	for {
		select {
		case <-l.done:
			return
		case <-l.wake:
		}
		for {
			t, ok := l.pop()
			if !ok {
				break
			}
			if err := m.do(l, t); err != nil {
				l.kill(describe(err))
				return // the reader notices and takes the link away
			}
		}
	}
}

var (
	errEnd  = errors.New("closed")
	errText = errors.New("the peer sent text")
	// errUnread: by the queue that is full, or by a frame that does not leave.
	errUnread = errors.New("the peer does not read what it is sent")
)

func (m *Mesh) do(l *link, t task) error {
	switch {
	case t.end:
		return errEnd
	case t.read != nil:
		m.readRun(*t.read, l.id)
		return nil
	case t.proof != nil:
		m.show(*t.proof)
		return nil
	case t.brief != nil:
		ev := engine.BriefRead{Link: l.id, Brief: m.cfg.Brief(t.brief.Peer)}
		m.mu.Lock()
		m.step(ev)
		m.mu.Unlock()
		return nil
	}
	if err := l.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	err := l.ws.WriteMessage(websocket.BinaryMessage, t.frame)
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return errUnread
	}
	return err
}

// readRun reads the log and tells the engine, once for each of the links.
func (m *Mesh) readRun(r engine.ReadRun, links ...engine.LinkID) {
	ev := engine.RunRead{Feed: r.Feed, After: r.After}
	run, ok, err := m.cfg.Store.ReadRun(r.Feed, r.After, r.MaxBytes)
	if ev.Err = err; err == nil && ok {
		ev.Run = &run
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range links {
		ev.Link = id
		m.step(ev)
	}
}

// push queues a task; false if too many wait.
func (l *link) push(t task) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) >= maxQueued {
		return false
	}
	l.queue = append(l.queue, t)
	poke(l.wake)
	return true
}

func (l *link) pop() (task, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy = len(l.queue) > 0 && !l.ended; !l.busy {
		return task{}, false
	}
	t := l.queue[0]
	l.queue[0] = task{}
	if l.queue = l.queue[1:]; len(l.queue) == 0 {
		l.queue = nil
	}
	return t, true
}

// idle tells that nothing waits to be written or is being written.
func (l *link) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue) == 0 && !l.busy
}

// kill ends the connection at once. The socket below TLS is closed, because
// closing TLS writes, and a peer that does not read would hold it up.
func (l *link) kill(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.ended, l.queue = true, nil
	if l.last != nil {
		l.last.Stop()
	} else {
		l.reason = reason
	}
	close(l.done)
	rawClose(l.ws)
}

// finish ends the connection after what is queued, or soon if that is stuck.
func (l *link) finish(reason string) {
	if !l.push(task{end: true}) {
		l.kill(reason)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.reason = reason
		l.last = time.AfterFunc(byeWithin, func() { l.kill(reason) })
	}
}

func rawClose(ws *websocket.Conn) {
	conn := ws.NetConn()
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	_ = conn.Close() // nothing can be done about a socket that will not close
}

// unlink takes an ended link out. The caller holds m.mu.
func (m *Mesh) unlink(l *link) {
	if m.links[l.id] == l {
		m.forgetLink(l, m.cfg.Now().Sub(l.since) < steadyAfter)
		m.step(engine.LinkDown{Link: l.id, Reason: l.why()})
	}
}

// forgetLink takes a link out of the books. Fault means that dialling again at
// once would likely end the same way.
func (m *Mesh) forgetLink(l *link, fault bool) {
	delete(m.links, l.id)
	if !l.outgoing {
		m.incoming--
	}
	m.endStream(l.peer)
	m.unanswered(l.peer)
	m.book.broke(l.address, m.cfg.Now(), l.peer, l.why(), fault)
	poke(m.dialNow)
}

func (l *link) why() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reason
}

// describe puts the end of a connection in words a person can use.
func describe(err error) string {
	var ne net.Error
	switch {
	case errors.As(err, &ne) && ne.Timeout():
		return "the connection timed out"
	case errors.Is(err, errUnread):
		return errUnread.Error()
	case errors.Is(err, websocket.ErrReadLimit):
		return "the peer sent more than a frame may hold"
	}
	return fmt.Sprintf("the connection broke: %v", err)
}
