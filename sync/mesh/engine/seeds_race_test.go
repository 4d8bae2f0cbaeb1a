//go:build race

package engine

// simSeeds is lower under the race detector, which makes a seed ten times as
// slow and finds nothing in an engine that starts no goroutine.
const simSeeds = 40
