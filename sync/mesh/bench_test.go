package mesh

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkCatchUp measures commits of 150 bytes from one store in memory to
// another over loopback TLS: what the links themselves can do.
func BenchmarkCatchUp(b *testing.B) {
	const commits = 100_000
	runs := 0
	for b.Loop() {
		x, y := newNode(b), newNode(b)
		x.store.write(commits, 150)
		y.join(x)
		await(b, "all", y.has(x.store.own, commits))
		runs += commits * 154 / (256 << 10)
		x.stop()
		y.stop()
	}
	b.ReportMetric(float64(commits*b.N)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64(runs)/b.Elapsed().Seconds(), "runs/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLive measures from a commit being durable on one device to its being
// durable on the next, and on one behind that.
func BenchmarkLive(b *testing.B) {
	for _, relay := range []bool{false, true} {
		b.Run(map[bool]string{false: "direct", true: "relay"}[relay], func(b *testing.B) {
			x, y := newNode(b), newNode(b)
			far := y
			if relay {
				far = newNode(b)
				far.join(y)
				await(b, "relay link", far.linked(y))
			}
			x.join(y)
			await(b, "link", x.linked(y))
			arrived := make(chan struct{}, 1)
			defer far.store.Subscribe(func() { poke(arrived) })()
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				seq := x.store.write(1, 200)
				for !far.has(x.store.own, seq)() {
					<-arrived
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}
