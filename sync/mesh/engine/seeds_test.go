//go:build !race

package engine

// simSeeds is how many seeds a plain test run plays.
const simSeeds = 200
