// Command nats does the common work of the benchmarks with NATS: a server with
// JetStream and file storage in each process, the entries in a stream, and the
// stream mirrored over a leaf node. It is a module of its own, so that Holdfast
// depends on nothing of it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const stream, subject = "entries", "entry"

func main() {
	flush := flag.Bool("sync", false, "flush each entry to the disk before it is acknowledged")
	flag.Parse()
	if err := run(*flush, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "nats:", err)
		os.Exit(1)
	}
}

// run takes: role, folder, address of the peer or "-", number of entries, file.
func run(flush bool, args []string) error {
	if len(args) != 5 {
		return errors.New("want: role folder peer count file")
	}
	role, peer := args[0], args[2]
	want, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	s, js, err := start(role, args[1], peer, flush)
	if err != nil {
		return err
	}
	defer s.Shutdown()
	ctx := context.Background()
	config := jetstream.StreamConfig{Name: stream, Storage: jetstream.FileStorage, Subjects: []string{subject}}
	if role == "write" {
		if _, err := js.CreateStream(ctx, config); err != nil {
			return err
		}
		if err := fill(ctx, js, args[4], want); err != nil {
			return err
		}
	}
	fmt.Println("ready", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.leaf)))
	// Who comes after takes the stream from the domain that was named last.
	upstream := filepath.Join(filepath.Dir(args[1]), "domain")
	if role != "write" {
		from, err := os.ReadFile(upstream)
		if err != nil {
			return err
		}
		config.Subjects, config.Mirror = nil, &jetstream.StreamSource{Name: stream, Domain: string(from)}
		if err := s.mirror(ctx, js, config, want); err != nil {
			return err
		}
	}
	if err := os.WriteFile(upstream, []byte(role), 0o600); err != nil {
		return err
	}
	return commands(ctx, js)
}

// node is a server and where it takes leaf nodes.
type node struct {
	*server.Server
	leaf int
}

func start(role, dir, peer string, flush bool) (*node, jetstream.JetStream, error) {
	leaf, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	o := &server.Options{
		ServerName: role, Host: "127.0.0.1", DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir, JetStreamDomain: role,
		SyncAlways: flush, LeafNode: server.LeafNodeOpts{Host: "127.0.0.1", Port: leaf, ReconnectInterval: 50 * time.Millisecond},
	}
	if peer != "-" {
		o.LeafNode.Remotes = []*server.RemoteLeafOpts{{URLs: []*url.URL{{Scheme: "nats-leaf", Host: peer}}}}
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, nil, err
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return nil, nil, errors.New("the server does not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(conn)
	return &node{s, leaf}, js, err
}

// freePort finds a port for leaf nodes: the server does not say which one it got.
func freePort() (int, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return ln.Addr().(*net.TCPAddr).Port, ln.Close()
}

// fill writes the entries one by one.
func fill(ctx context.Context, js jetstream.JetStream, file string, want int) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 0; n < want && lines.Scan(); n++ {
		if _, err := js.Publish(ctx, subject, lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// mirror takes the stream from the peer and reports what of it can be read here.
func (n *node) mirror(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig, want int) error {
	for n.NumLeafNodes() == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := js.CreateStream(ctx, config); err != nil {
		return err
	}
	consumer, err := js.OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return err
	}
	seen := 0
	_, err = consumer.Consume(func(m jetstream.Msg) {
		seen++
		switch {
		case seen == want:
			fmt.Println("caught", time.Now().UnixNano())
		case seen > want:
			var e struct{ Text string }
			if json.Unmarshal(m.Data(), &e) == nil {
				at, _ := strconv.ParseInt(strings.TrimSpace(e.Text), 10, 64)
				fmt.Println("live", time.Now().UnixNano()-at)
			}
		}
	})
	return err
}

// commands writes live entries 5 ms apart, as often as is asked for, until the
// input ends.
func commands(ctx context.Context, js jetstream.JetStream) error {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		left, err := strconv.Atoi(strings.TrimPrefix(in.Text(), "write "))
		if err != nil {
			return err
		}
		pause := time.NewTicker(5 * time.Millisecond)
		for range left {
			<-pause.C
			now := time.Now()
			entry := fmt.Sprintf(`{"at":%q,"text":"%-140d","kind":"note"}`, now.UTC().Format(time.RFC3339Nano), now.UnixNano())
			if _, err := js.Publish(ctx, subject, []byte(entry)); err != nil {
				return err
			}
		}
		pause.Stop()
	}
	return in.Err()
}
