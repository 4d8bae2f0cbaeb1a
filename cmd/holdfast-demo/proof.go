package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// account is what one peer says of its copy at the end.
type account struct {
	peer           string
	entries, feeds int
	commits        uint64
	verified       string
	hash           string
}

// shortHash is how much of a hash the table shows: enough to see a difference.
const shortHash = 16

// proof writes the table. It gives an error where the copies differ, and says
// in what.
func proof(accounts []account) (string, error) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PEER\tENTRIES\tFEEDS\tCOMMITS\tVERIFY\tSTATE HASH")
	for _, a := range accounts {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\n", a.peer, a.entries, a.feeds, a.commits, a.verified, short(a.hash))
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return b.String(), differ(accounts)
}

func short(hash string) string { return hash[:min(len(hash), shortHash)] }

func differ(accounts []account) error {
	var wrong []string
	for _, a := range accounts[1:] {
		first := accounts[0]
		for _, d := range []struct {
			what      string
			here, one any
		}{
			{"entries", a.entries, first.entries},
			{"feeds", a.feeds, first.feeds},
			{"commits", a.commits, first.commits},
			{"state hash", a.hash, first.hash},
		} {
			if d.here != d.one {
				wrong = append(wrong, fmt.Sprintf("%s of %s is %v, of %s %v", d.what, a.peer, d.here, first.peer, d.one))
			}
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the copies differ: %s", strings.Join(wrong, "; "))
	}
	return nil
}
