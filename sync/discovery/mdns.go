package discovery

import (
	"context"
	"encoding/hex"
	"io"
	"log"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/mdns"
)

// Service is the mDNS name of Holdfast.
const Service = "_holdfast._tcp"

const (
	// askEach is the rhythm of mDNS questions; an answer is asked for, not sent unasked.
	askEach = 30 * time.Second
	// askPatience is how long answers are collected (RFC 6762 5.2 lets a responder wait
	// half a second). The library waits it out even when told to stop, so Run may too.
	askPatience = time.Second
	// maxAnswers bounds the answers taken of one question.
	maxAnswers = 128
	// tagsALine keeps a TXT string under its 255 bytes.
	tagsALine = 8
	// maxTXT bounds the TXT strings looked at: hour, and MaxRooms tags.
	maxTXT = 1 + MaxRooms/tagsALine
)

// noMDNS is the sentence for a machine or network without multicast.
const noMDNS = "This network does not carry mDNS; devices are found by the beacon, by invite or by address"

// runMDNS answers questions and asks some. The servers are made anew when the
// hour or an interface changes, because what they say does.
func (d *discovery) runMDNS(ctx context.Context) {
	var servers []*mdns.Server
	var serving string
	stop := func() {
		for _, s := range servers {
			s.Shutdown() // always nil; its readers end with their sockets
		}
		servers, serving = nil, ""
	}
	defer stop()
	tick := time.NewTicker(askEach)
	defer tick.Stop()
	for {
		interfaces, err := d.Interfaces()
		interfaces = multicasting(interfaces)
		if now := d.fingerprint(interfaces); err == nil && now != serving {
			stop()
			servers, serving = d.serve(interfaces), now
		}
		asked := d.ask(ctx, interfaces)
		switch {
		case ctx.Err() != nil:
			return
		case len(servers) == 0 || !asked:
			d.health(MDNS, noMDNS)
		default:
			d.health(MDNS, "")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func multicasting(all []net.Interface) []net.Interface {
	var out []net.Interface
	for _, i := range all {
		if len(out) < maxInterfaces && (i.Flags&net.FlagMulticast != 0 || i.Flags&net.FlagLoopback != 0) {
			out = append(out, i)
		}
	}
	return out
}

// fingerprint changes when what the servers say has to.
func (d *discovery) fingerprint(interfaces []net.Interface) string {
	var b strings.Builder
	for _, s := range d.announcement().text() {
		b.WriteString(s + " ")
	}
	for _, i := range interfaces {
		b.WriteString(i.Name + " ")
		for _, ip := range addressesOf(i) {
			b.WriteString(ip.String() + " ")
		}
	}
	return b.String()
}

// serve starts a server on each interface that lets it.
func (d *discovery) serve(interfaces []net.Interface) []*mdns.Server {
	a := d.announcement()
	// The machine's own name is nobody's business: the host is called by the random name too.
	name := hex.EncodeToString(a.Name[:])
	var out []*mdns.Server
	for _, i := range interfaces {
		ips := addressesOf(i)
		if len(ips) == 0 {
			continue
		}
		zone, err := mdns.NewMDNSService(name, Service, "local.", name+".local.", d.Port, ips, a.text())
		if err != nil {
			continue
		}
		s, err := mdns.NewServer(&mdns.Config{Zone: zone, Iface: &i, Logger: silent()})
		if err == nil {
			out = append(out, s)
		}
	}
	return out
}

// silent takes the library's lines: it writes one for each strange packet.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }

// ask puts the question on every interface at once and reports the answers.
func (d *discovery) ask(ctx context.Context, interfaces []net.Interface) bool {
	done := make(chan error, len(interfaces))
	entries := make(chan *mdns.ServiceEntry, maxAnswers) // the library drops what does not fit
	for _, i := range interfaces {
		go func() { // joined below: each sends once
			done <- mdns.QueryContext(ctx, &mdns.QueryParam{
				Service: Service, Domain: "local", Timeout: askPatience, Interface: &i, Entries: entries,
				Logger: silent(), DisableIPv6: !hasIPv6(i), DisableIPv4: !hasIPv4(i),
			})
		}()
	}
	asked := false
	for range interfaces {
		if err := <-done; err == nil {
			asked = true
		}
	}
	close(entries)
	for e := range entries {
		d.answered(e)
	}
	return asked
}

func (d *discovery) answered(e *mdns.ServiceEntry) {
	if !strings.HasSuffix(e.Name, "."+Service+".local.") {
		return // the library passes on what other services say meanwhile
	}
	a, ok := announcementOf(e.InfoFields, e.Port)
	if !ok || !d.ours(a) {
		return
	}
	if ip, ok := netip.AddrFromSlice(e.AddrV4); ok {
		d.report(addressOf(ip, a.Port), a)
	}
	if e.AddrV6IPAddr != nil {
		ip, ok := netip.AddrFromSlice(e.AddrV6IPAddr.IP)
		ip = ip.WithZone(e.AddrV6IPAddr.Zone)
		if ok && !(ip.IsLinkLocalUnicast() && ip.Zone() == "") { // without its interface it leads nowhere
			d.report(addressOf(ip, a.Port), a)
		}
	}
}

// text is an announcement as the strings of a TXT record: first hour and name, then tags.
func (a announcement) text() []string {
	out := []string{"h=" + strconv.FormatInt(a.Hour, 10) + "," + hex.EncodeToString(a.Name[:])}
	for at := 0; at < len(a.Tags); at += tagsALine {
		var line []byte
		for _, t := range a.Tags[at:min(at+tagsALine, len(a.Tags))] {
			line = append(line, t...)
		}
		out = append(out, "t="+hex.EncodeToString(line))
	}
	return out
}

// announcementOf reads what text wrote, from anyone.
func announcementOf(txt []string, port int) (announcement, bool) {
	a := announcement{Magic: magic, Version: version, Port: uint16(port)}
	if len(txt) == 0 || len(txt) > maxTXT || port < 1 || port > 65535 {
		return a, false
	}
	head, ok := strings.CutPrefix(txt[0], "h=")
	hour, name, comma := strings.Cut(head, ",")
	n, err := strconv.ParseInt(hour, 10, 64)
	if !ok || !comma || err != nil || len(name) != 2*nameSize {
		return a, false
	}
	a.Hour = n
	if _, err := hex.Decode(a.Name[:], []byte(name)); err != nil {
		return a, false
	}
	for _, line := range txt[1:] {
		tags, ok := strings.CutPrefix(line, "t=")
		b, err := hex.DecodeString(tags)
		if !ok || err != nil || len(b)%tagSize != 0 {
			return a, false
		}
		for ; len(b) > 0; b = b[tagSize:] {
			a.Tags = append(a.Tags, b[:tagSize])
		}
	}
	return a, a.valid()
}
