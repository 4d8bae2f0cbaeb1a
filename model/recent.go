package model

// recent is what was folded last, so that who keeps what it read of an incident
// reads again what has changed alone: see TimelineReader. Entries are nearly all
// of what comes, and are named one by one; of everything else there is little,
// and that something came is enough to read all of it.
type recent struct {
	// written counts the times an entry was added, corrected or taken back, others
	// the commits with ops of other kinds.
	written, others uint64
	// ring holds the last of those entries: the one of count n is at n % maxRecent.
	ring []touched
}

// touched is an entry of an incident.
type touched struct{ incident, entry ID }

// maxRecent is how many touched entries are named: more than a burst of a peer
// that was away, in 256 KB. Who is further behind reads the whole.
const maxRecent = 8 << 10

func (r *recent) add(incident, entry ID) {
	if len(r.ring) < maxRecent {
		r.ring = append(r.ring, touched{incident, entry})
	} else {
		r.ring[r.written%maxRecent] = touched{incident, entry}
	}
	r.written++
}

// since names the entries of an incident that were touched after a count, each
// once; false where it is too long ago to tell.
func (r *recent) since(count uint64, incident ID) (ids []ID, ok bool) {
	if count > r.written || r.written-count > uint64(len(r.ring)) {
		return nil, false
	}
	seen := map[ID]bool{}
	for ; count < r.written; count++ {
		if t := r.ring[count%maxRecent]; t.incident == incident && !seen[t.entry] {
			seen[t.entry] = true
			ids = append(ids, t.entry)
		}
	}
	return ids, true
}
