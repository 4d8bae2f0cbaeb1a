// Package fewer lets tests of many cases do fewer of them under the race detector. It makes
// a case about ten times as slow, and it looks for data races: of those the thousandth case
// of one computation has no other than the tenth. The plain run of the tests does all.
package fewer

import (
	"flag"

	_ "pgregory.net/rapid" // registers the flag below
)

// properties is how many cases of a property are tried under the race detector. Whoever
// imports this package, if for nothing else, tries no more, unless -rapid.checks says so.
const properties = "10"

func init() {
	if race {
		if err := flag.Set("rapid.checks", properties); err != nil {
			panic(err)
		}
	}
}

// Cases is how many cases a test tries: all, or few under the race detector.
func Cases(all, few int) int {
	if race {
		return few
	}
	return all
}

// Step is how far apart the places are that a test tries: 1 for all of them, or far under
// the race detector.
func Step(far uint64) uint64 {
	if race {
		return far
	}
	return 1
}
