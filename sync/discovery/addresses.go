package discovery

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// LocalAddresses lists where this machine can be reached, "host:port", the most
// likely first: IPv4 before IPv6, real interfaces before those of containers and
// virtual machines, addresses a network gave before those the machine made up. Loopback is listed
// only if there is nothing else. IPv6 link-local addresses are left out: they need
// the name of an interface, and that is another one on the other machine.
func LocalAddresses(port int) []string {
	interfaces, err := usableInterfaces()
	if err != nil {
		interfaces = nil // then loopback is what is left to name
	}
	var found []reachable
	for _, i := range interfaces {
		for _, ip := range addressesOf(i) {
			if a, ok := netip.AddrFromSlice(ip); ok {
				found = append(found, reachable{a.Unmap(), i.Name})
			}
		}
	}
	return rank(found, port)
}

type reachable struct {
	ip  netip.Addr
	via string
}

func rank(found []reachable, port int) []string {
	found = slices.DeleteFunc(found, func(r reachable) bool { return r.ip.Is6() && r.ip.IsLinkLocalUnicast() })
	if len(found) == 0 {
		found = []reachable{{netip.AddrFrom4([4]byte{127, 0, 0, 1}), "lo"}}
	}
	slices.SortStableFunc(found, func(a, b reachable) int { return cmp.Compare(a.distance(), b.distance()) })
	var out []string
	for _, r := range found {
		if a := addressOf(r.ip, uint16(port)); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// virtual are beginnings of the names of interfaces that lead nowhere outside.
var virtual = [...]string{"docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel", "vEthernet"}

// distance orders addresses by how likely somebody else reaches them.
func (r reachable) distance() int {
	d := 0
	if slices.ContainsFunc(virtual[:], func(p string) bool { return strings.HasPrefix(r.via, p) }) {
		d += 4
	}
	if r.ip.IsLinkLocalUnicast() {
		d += 2
	}
	if r.ip.Is6() {
		d++
	}
	return d
}

// addressesOf lists the addresses of an interface; none if it went away meanwhile.
func addressesOf(i net.Interface) []net.IP {
	addresses, err := i.Addrs()
	if err != nil {
		return nil
	}
	var out []net.IP
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsMulticast() && !n.IP.IsUnspecified() {
			out = append(out, n.IP)
		}
	}
	return out
}

func hasIPv4(i net.Interface) bool {
	return slices.ContainsFunc(addressesOf(i), func(ip net.IP) bool { return ip.To4() != nil })
}

func hasIPv6(i net.Interface) bool {
	return slices.ContainsFunc(addressesOf(i), func(ip net.IP) bool { return ip.To4() == nil })
}
