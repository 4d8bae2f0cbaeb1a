package engine

import "time"

// Faults of age 5: a laptop sleeps. They draw from a random source of their own.

// sleepMischief has a device sleep now and then.
func (s *sim) sleepMischief() {
	if s.calm {
		return
	}
	s.after(time.Duration(1000+s.fifth.IntN(8000))*time.Millisecond, s.sleepMischief)
	n := s.nodes[s.fifth.IntN(len(s.nodes))]
	n.sleep(time.Duration(1+s.fifth.IntN(20)) * time.Second) // so that the last wakes in time to be alike
}

// sleep suspends a device: it does nothing, all its timers are late, what is sent to it
// is lost, and its links are dead at both ends without a word. Its wall clock goes on.
func (n *simNode) sleep(d time.Duration) {
	if n.engine == nil || n.asleep() {
		return
	}
	n.s.stats["slept"]++
	n.wakes = n.s.now.Add(d)
	for _, l := range n.sortedLinks() {
		l.silent = [2]bool{true, true}
	}
}

func (n *simNode) asleep() bool { return n.s.now.Before(n.wakes) }

// awake does something now, or as soon as the device wakes: then all that is late
// comes at once, in its order.
func (n *simNode) awake(fn func()) {
	if !n.asleep() {
		fn()
		return
	}
	n.s.after(n.wakes.Sub(n.s.now), func() { n.awake(fn) })
}
