package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"holdfast/model"
)

// The door is how other processes of this machine use a home that one process
// owns: HTTP over a socket file only its user can open. Each request names a
// method of the table in api.go and carries JSON both ways.

// Bounds of the door.
const (
	// maxRequest is what is read from standard input, alerts or an import of 4 MiB,
	// which base64 makes a third longer. A bundle travels as a path, not through the
	// door.
	maxRequest = 6 << 20
	// maxReply bounds what a terminal command reads: a timeline of 100,000 rows.
	maxReply = 256 << 20
	// maxSocketPath is what every system takes as the path of a socket, with
	// closingSuffix behind it.
	maxSocketPath = 100
	// patience is how long a command waits for a home that another process is
	// just opening or closing.
	patience = 10 * time.Second
	// again is the pause between tries meanwhile.
	again = 20 * time.Millisecond
)

// socketPath is where the owner of a home listens. A path too long for a
// socket is replaced by a short one in the system's folder for such things.
func socketPath(home string) (string, error) {
	abs, err := filepath.Abs(home)
	if err != nil {
		return "", err
	}
	path := filepath.Join(abs, "holdfast.sock")
	if len(path) <= maxSocketPath {
		return path, nil
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(os.TempDir(), "holdfast-"+hex.EncodeToString(sum[:8])+".sock"), nil
}

// closingSuffix names the socket while its owner closes: nobody new finds it.
const closingSuffix = ".end"

type door struct {
	path   string
	server *http.Server
	served chan struct{}

	mu     sync.Mutex
	inside int           // guests whose connections are open
	left   chan struct{} // told when one leaves
}

// openDoor starts to serve other processes. The home's lock is held, so a
// socket file that is there is a dead owner's.
func openDoor(n *Node) (*door, error) {
	path, err := socketPath(n.home.Dir())
	if err != nil {
		return nil, fmt.Errorf("open the socket: %w", err)
	}
	for _, old := range []string{path, path + closingSuffix} {
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return nil, fmt.Errorf("open the socket: %w", err)
		}
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the socket: %w", err)
	}
	ln.SetUnlinkOnClose(false) // close does, under the name the socket has then
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("open the socket: %w", err), ln.Close())
	}
	d := &door{path: path, served: make(chan struct{}), left: make(chan struct{}, 1)}
	d.server = &http.Server{Handler: http.HandlerFunc(n.answer), ReadHeaderTimeout: patience, ConnState: d.count}
	go func() { // joined by close
		defer close(d.served)
		if err := d.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			n.log.Error("the socket ended", "error", err)
		}
	}()
	return d, nil
}

// close serves whoever has come in, and then ends. A guest whose connection was
// taken is always answered, so that a command is never left in doubt by an
// owner that ends in order: first the socket is moved away, so that nobody
// else comes; then one last request, which is answered after all before it were
// taken; then the door waits until all have left, because a server that shuts
// down drops the requests it has not begun to serve.
func (d *door) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	closing := d.path + closingSuffix
	err := os.Rename(d.path, closing)
	if err == nil {
		err = newClient(closing, nil).knock(ctx)
		d.empty(ctx)
	}
	err = errors.Join(err, d.server.Shutdown(ctx))
	<-d.served
	if removed := os.Remove(closing); !os.IsNotExist(removed) {
		err = errors.Join(err, removed)
	}
	return err
}

func (d *door) count(_ net.Conn, s http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch s {
	case http.StateNew:
		d.inside++
	case http.StateClosed, http.StateHijacked:
		d.inside--
		select {
		case d.left <- struct{}{}:
		default:
		}
	}
}

// empty waits until nobody is inside, or ctx ends.
func (d *door) empty(ctx context.Context) {
	for {
		d.mu.Lock()
		inside := d.inside
		d.mu.Unlock()
		if inside == 0 {
			return
		}
		select {
		case <-d.left:
		case <-ctx.Done():
			return
		}
	}
}

// reply is what comes back: a result, or a refusal in words.
type reply struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func (n *Node) answer(w http.ResponseWriter, r *http.Request) {
	var out reply
	result, err := n.serve(r)
	if err == nil {
		out.Result, err = json.Marshal(result)
	}
	if err != nil {
		out = reply{Error: err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		n.log.Debug("a command did not wait for its answer", "error", err)
	}
}

func (n *Node) serve(r *http.Request) (any, error) {
	handler, ok := methods()[strings.TrimPrefix(r.URL.Path, "/v1/")]
	if !ok {
		return nil, fmt.Errorf("the owner of this home does not know %q; it may be another version", r.URL.Path)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return handler(&request{ctx: r.Context(), node: n, room: r.URL.Query().Get("room"), body: body})
}

// Client is a way into a home: through this process's node or its owner's.
type Client struct {
	// Room picks the room where the home has several.
	Room string

	http *http.Client
	own  *Node // set where this process owns the home
	opts Options
}

// Connect opens a home for a terminal command: as its owner where nobody else
// is, else as a guest at the owner's door.
func Connect(ctx context.Context, opts Options) (*Client, error) {
	path, err := socketPath(opts.Home)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		n, err := Open(opts)
		if err == nil {
			own := newClient(path, n)
			own.opts = opts
			return own, nil
		}
		if !errors.Is(err, errHomeInUse) {
			return nil, err
		}
		if guest := newClient(path, nil); guest.knock(ctx) == nil {
			guest.opts = opts
			return guest, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w and does not answer; if it hangs, end it and try again", errHomeInUse)
		case <-time.After(again):
		}
	}
}

func newClient(path string, own *Node) *Client {
	// One connection a request: one that is kept could be closed by the owner
	// just when the next request is on its way.
	if own != nil && own.ReadOnly() {
		return &Client{http: &http.Client{Transport: inside{own}}, own: own}
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	return &Client{http: &http.Client{Transport: transport}, own: own}
}

// inside answers requests of the process that owns the home itself, where there
// can be no socket.
type inside struct{ node *Node }

// RoundTrip implements http.RoundTripper.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := &answer{header: http.Header{}}
	i.node.answer(w, r)
	return &http.Response{
		Status: http.StatusText(http.StatusOK), StatusCode: http.StatusOK, Proto: r.Proto, Header: w.header, Body: io.NopCloser(&w.body), Request: r,
	}, nil
}

// answer is what a request is answered with, in memory.
type answer struct {
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
func (a *answer) WriteHeader(int)             {}

// Own is the node this process opened; nil where another owns the home.
func (c *Client) Own() *Node { return c.own }

func (c *Client) knock(ctx context.Context) error { return c.Call(ctx, "status", nil, nil) }

// Close ends the connection, and the node where this process opened it.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	if c.own != nil {
		return c.own.Close()
	}
	return nil
}

// Refused is an answer in words from the owner of the home: the request
// arrived and was not carried out.
type Refused struct{ Text string }

func (r *Refused) Error() string { return r.Text }

// Call asks for a method of the API; in and out are encoded as JSON.
func (c *Client) Call(ctx context.Context, method string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("ask %s: %w", method, err)
	}
	u := url.URL{Scheme: "http", Host: "holdfast", Path: "/v1/" + method, RawQuery: url.Values{"room": {c.Room}}.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(string(body)))
	if err != nil {
		return fmt.Errorf("ask %s: %w", method, err)
	}
	res, err := c.http.Do(req)
	if notSent(err) && c.own == nil && c.opts.Home != "" {
		if err := c.reconnect(ctx); err != nil {
			return err
		}
		return c.Call(ctx, method, in, out)
	}
	if err != nil {
		return fmt.Errorf("the owner of this home stopped before it answered; what was asked may or may not be done: %w", err)
	}
	defer res.Body.Close()
	var got reply
	if err := json.NewDecoder(io.LimitReader(res.Body, maxReply)).Decode(&got); err != nil {
		return fmt.Errorf("the owner of this home stopped in the middle of its answer: %w", err)
	}
	if got.Error != "" {
		return &Refused{got.Error}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(got.Result, out)
}

// notSent reports that nobody was there to take a request: nothing was done.
func notSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// reconnect finds the home again after its owner ended; this process may be the
// owner now.
func (c *Client) reconnect(ctx context.Context) error {
	next, err := Connect(ctx, c.opts)
	if err != nil {
		return err
	}
	c.http, c.own = next.http, next.own
	return nil
}

// Do carries out a command of the model.
func (c *Client) Do(ctx context.Context, command model.Command) (model.Done, error) {
	args, err := json.Marshal(command)
	if err != nil {
		return model.Done{}, err
	}
	var done model.Done
	err = c.Call(ctx, "do", doRequest{Command: model.CommandName(command), Args: args}, &done)
	return done, err
}
