package incident

import (
	"slices"
	"sort"
	"time"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// kept are the rows of an incident between readings: those that look as they did
// are not made again. It belongs to who reads.
type kept struct {
	reader   model.TimelineReader
	of       ground
	timeline []*model.Row
	rows     []*row // one for each of timeline
	feeds    map[model.FeedID]*extent
	places   map[string]string // see content.places
}

// ground is what every row hangs on beside itself.
type ground struct {
	incident model.ID
	day      int64 // of now, since 1970 UTC: "Today" is not today for long
	me       string
	imported bool
	of       int // other devices a row may spread to; 0 shows nothing
}

// read gives the timeline as it is drawn.
func (k *kept) read(s *model.State, inc *model.Incident, r reader, c content) []*row {
	g := ground{incident: inc.ID, day: dayOf(r.now), me: c.me, imported: inc.Fields.Text(model.FieldSource) != ""}
	if r.holds != nil && c.others > 0 {
		g.of = c.others
	}
	if g != k.of {
		k.of, k.timeline, k.rows, k.feeds, k.places = g, nil, nil, map[model.FeedID]*extent{}, nil
	}
	timeline := k.reader.Read(s, inc)
	head, tail := alike(k.timeline, timeline)
	var moved map[model.FeedID]bool
	if g.of > 0 {
		moved = k.climb(timeline[head:len(timeline)-tail], r.holds)
	}
	k.rows = k.carry(timeline, head, tail, r.now)
	k.timeline = timeline
	k.spread(moved)
	k.place(c.places())
	return k.rows
}

// carry takes over the rows that are as they were and makes the others.
func (k *kept) carry(timeline []*model.Row, head, tail int, now time.Time) []*row {
	rows := make([]*row, len(timeline))
	copy(rows, k.rows[:head])
	copy(rows[len(rows)-tail:], k.rows[len(k.rows)-tail:])
	had := make(map[*model.Row]*row, len(k.rows)-head-tail)
	for i := head; i < len(k.rows)-tail; i++ {
		had[k.timeline[i]] = k.rows[i]
	}
	m := maker{ground: k.of, now: now}
	for i := head; i < len(rows)-tail; i++ {
		t := timeline[i]
		if rows[i] = had[t]; rows[i] != nil {
			continue
		}
		rows[i] = m.row(t)
		if f := k.feeds[t.Feed]; f != nil {
			rows[i].Spread = f.held(t.Seq)
		}
	}
	return rows
}

// maker makes rows of the timeline as they are drawn. Neighbours mostly share the
// day and the author.
type maker struct {
	ground
	now               time.Time
	before            *model.Row
	dayWords, writers string
}

func (m *maker) row(t *model.Row) *row {
	if m.before == nil || dayOf(t.At) != dayOf(m.before.At) {
		m.dayWords = text.Day(t.At, m.now)
	}
	if m.before == nil || t.Author != m.before.Author {
		m.writers = text.Line(t.Author)
	}
	m.before = t
	r := &row{
		TimelineRow: part.TimelineRow{
			ID: t.ID.String(), At: clock(t.At, t.Precision), Day: m.dayWords, Kind: label(t), KindTone: tone(t),
			Author: m.writers, Text: text.Block(t.Text), Retracted: retracted(t), Conflict: t.Conflict, Of: m.of,
		},
		at: t.At, recorded: t.Recorded, precision: t.Precision, source: t.Source, raw: t.Text, kind: t.Kind, mine: t.Author == m.me,
	}
	switch t.Source {
	case model.FromMessage:
		r.Text = opening(t.Text)
	case model.FromChange:
		r.Text = noArrow(r.Text)
		if t.Kind == model.FieldPhase {
			r.Text = sentence(r.Text)
		}
	case model.FromEntry:
	}
	if t.Edited > 0 {
		r.Edited = t.Edited + 1
	}
	if gap := t.Recorded.Sub(t.At); t.Source == model.FromEntry && !m.imported && gap > lateWriting && t.Precision != when.Day {
		r.Late = "backdated, written " + text.Minute(t.Recorded)
	}
	return r
}

// dayOf numbers the day in UTC.
func dayOf(t time.Time) int64 {
	const day = 24 * 60 * 60
	n := t.Unix() / day
	if t.Unix()%day < 0 {
		n--
	}
	return n
}

// place says in the rows of attachments where they are.
func (k *kept) place(places map[string]string) {
	if len(places)+len(k.places) > 0 {
		for i, r := range k.rows {
			if r.source != model.FromChange {
				continue
			}
			if where := places[r.ID]; where != r.Where {
				placed := *r
				placed.Where, k.rows[i] = where, &placed
			}
		}
	}
	k.places = places
}

// extent is how many other devices hold the commits of a feed: the further, the
// fewer.
type extent struct {
	lo, hi uint64 // of the commits that have rows
	steps  []step
}

// step is the first commit that so many hold.
type step struct {
	from uint64
	held int
}

// climb asks how many devices have what: for the steps of each feed, which are
// few, and not for each row. It tells the feeds that are held otherwise than
// before; fresh are the rows to come.
func (k *kept) climb(fresh []*model.Row, holds Holds) map[model.FeedID]bool {
	for _, t := range fresh {
		f := k.feeds[t.Feed]
		if f == nil {
			f = &extent{lo: t.Seq, hi: t.Seq}
			k.feeds[t.Feed] = f
		}
		f.lo, f.hi = min(f.lo, t.Seq), max(f.hi, t.Seq)
	}
	moved := map[model.FeedID]bool{}
	for feed, f := range k.feeds {
		steps := f.climb(func(seq uint64) int { return min(holds(feed, seq), k.of.of) })
		if !slices.Equal(steps, f.steps) {
			f.steps, moved[feed] = steps, true
		}
	}
	return moved
}

// spread says in each row of some feeds how many devices have it.
func (k *kept) spread(moved map[model.FeedID]bool) {
	if len(moved) == 0 {
		return
	}
	for i, t := range k.timeline {
		if !moved[t.Feed] {
			continue
		}
		if held := k.feeds[t.Feed].held(t.Seq); held != k.rows[i].Spread {
			spread := *k.rows[i]
			spread.Spread, k.rows[i] = held, &spread
		}
	}
}

// climb gives the steps, by asking about a few commits.
func (f *extent) climb(holds func(seq uint64) int) []step {
	steps, last := []step{{f.lo, holds(f.lo)}}, holds(f.hi)
	for {
		top := steps[len(steps)-1]
		if top.held == last || top.from >= f.hi {
			return steps
		}
		ahead := sort.Search(int(f.hi-top.from), func(n int) bool { return holds(top.from+1+uint64(n)) != top.held })
		next := top.from + 1 + uint64(ahead)
		if next > f.hi {
			return steps
		}
		steps = append(steps, step{next, holds(next)})
	}
}

// held is how many devices hold a commit.
func (f *extent) held(seq uint64) int {
	n := sort.Search(len(f.steps), func(n int) bool { return f.steps[n].from > seq })
	return f.steps[max(n-1, 0)].held
}
