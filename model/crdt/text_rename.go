package crdt

// Owner gives the name under which a text has the nth character a writer
// believes to have written, and up to which n the same writer has them.
type Owner[K Key[K]] func(n uint32) (writer K, at, until uint32)

// Rename gives the change as of another writer, where what the author counts
// as its own is partly that of others: a record that was put back to an older
// copy and written on counts on from what both branches share.
func (c Change[K]) Rename(by K, owner Owner[K]) Change[K] {
	out := Change[K]{Start: c.Start, Writers: append([]K(nil), c.Writers...)}
	if w, at, _ := owner(c.Start); w == by {
		out.Start = at
	}
	for _, i := range c.Inserts {
		if i.Of == ofSelf {
			w, at, _ := owner(i.N)
			i.Of, i.N = out.of(by, w), at
		}
		out.Inserts = append(out.Inserts, i)
	}
	for _, d := range c.Deletes {
		if d.Of != ofSelf {
			out.Deletes = append(out.Deletes, d)
			continue
		}
		for n, left := d.N, d.C; left > 0; {
			w, at, until := owner(n)
			count := left
			if n < until {
				count = min(left, until-n)
			}
			out.Deletes = append(out.Deletes, Range{Of: out.of(by, w), N: at, C: count})
			n, left = n+count, left-count
		}
	}
	return out
}
