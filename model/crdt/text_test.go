package crdt

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// group is several people with a copy of a text each.
type group struct {
	copies []*Text[key]
	log    []sent
	has    []map[int]bool // what of the log a copy has
}

func newGroup(n int) *group {
	g := &group{}
	for range n {
		g.copies, g.has = append(g.copies, &Text[key]{}), append(g.has, map[int]bool{})
	}
	return g
}

func (g *group) write(t tb, by, at, deleted int, text string) {
	for _, c := range writes(t, g.copies[by], key(by), patch{at, deleted, text}) {
		g.has[by][len(g.log)] = true
		g.log = append(g.log, c)
	}
}

// meet brings one all that the other has.
func (g *group) meet(t tb, to, from int) {
	for i, c := range g.log {
		if g.has[from][i] && !g.has[to][i] {
			g.has[to][i] = true
			take(t, g.copies[to], c)
		}
	}
}

func (g *group) meetAll(t tb) {
	for to := range g.copies {
		for from := range g.copies {
			g.meet(t, to, from)
		}
	}
	for to := range g.copies {
		g.meet(t, to, 0)
	}
}

func TestWhatIsWrittenApart(t *testing.T) {
	type step struct {
		by, at, deleted int
		text            string
	}
	for _, c := range []struct {
		name   string
		before string
		steps  []step
		want   string
	}{
		{"two at one place", "The payment workers run.", []step{
			{0, 19, 0, ", all six,"}, {1, 19, 0, " of eu-1"},
		}, "The payment workers, all six, of eu-1 run."},
		{"two key by key", "", []step{{0, 0, 0, "a"}, {1, 0, 0, "x"}, {0, 1, 0, "b"}, {1, 1, 0, "y"}, {0, 2, 0, "c"}, {1, 2, 0, "z"}}, "abcxyz"},
		{"two from right to left", "", []step{{0, 0, 0, "c"}, {1, 0, 0, "z"}, {0, 0, 0, "b"}, {1, 0, 0, "y"}, {0, 0, 0, "a"}, {1, 0, 0, "x"}}, "abcxyz"},
		{"one writes in what the other deletes", "six pods restarted", []step{{0, 0, 9, ""}, {1, 4, 0, "payment "}}, "payment restarted"},
		{"both delete the same", "six pods restarted", []step{{0, 0, 9, ""}, {1, 4, 5, ""}}, "restarted"},
		{"both replace the same", "six pods", []step{{0, 0, 3, "seven"}, {1, 0, 3, "eight"}}, "seveneight pods"},
		{"a letter of two bytes", "café", []step{{0, 3, 1, "é!"}, {1, 4, 0, "s"}}, "café!s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGroup(2)
			g.write(t, 0, 0, 0, c.before)
			g.meetAll(t)
			for _, s := range c.steps {
				g.write(t, s.by, s.at, s.deleted, s.text)
			}
			g.meetAll(t)
			if a, b := g.copies[0].String(), g.copies[1].String(); a != c.want || b != c.want {
				t.Errorf("it reads %q and %q, want %q", a, b, c.want)
			}
			if form(t, g.copies[0]) != form(t, g.copies[1]) {
				t.Error("the copies have other bytes")
			}
		})
	}
}

// written is a group that writes each character once, and remembers which.
type written struct {
	*group
	t       *rapid.T
	next    rune
	all     map[rune]bool
	deleted map[rune]bool
}

func (w *written) pick(what string, n int) int { return rapid.IntRange(0, n-1).Draw(w.t, what) }

func (w *written) step() {
	by := w.pick("by", len(w.copies))
	if w.pick("act", 4) == 0 {
		w.meet(w.t, by, w.pick("from", len(w.copies)))
		return
	}
	now := []rune(w.copies[by].String())
	at := w.pick("at", len(now)+1)
	deleted := min(w.pick("deleted", 5), len(now)-at)
	var text strings.Builder
	for range w.pick("length", 5) {
		text.WriteRune(w.next)
		w.all[w.next] = true
		w.next++
	}
	for _, r := range now[at : at+deleted] {
		w.deleted[r] = true
	}
	w.write(w.t, by, at, deleted, text.String())
}

func newWritten(t *rapid.T) *written {
	return &written{
		group: newGroup(rapid.IntRange(2, 5).Draw(t, "people")), t: t, next: 0x4E00, all: map[rune]bool{}, deleted: map[rune]bool{},
	}
}

// TestNothingIsLost: whatever the order, the copies and the snapshots between,
// the text has each character that nobody deleted, once, and the same bytes.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWritten(t)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			w.step()
		}
		w.meetAll(w.t)
		got := map[rune]bool{}
		for _, r := range w.copies[0].String() {
			if got[r] || !w.all[r] || w.deleted[r] {
				t.Fatalf("%q is there, and should not be, or not again", r)
			}
			got[r] = true
		}
		if len(got) != len(w.all)-len(w.deleted) || w.copies[0].Len() != len(got) || w.copies[0].Size() != len(w.copies[0].String()) {
			t.Fatalf("%d characters of %d are there", len(got), len(w.all)-len(w.deleted))
		}
		want := form(w.t, w.copies[0])
		for _, c := range w.copies[1:] {
			if form(w.t, c) != want {
				t.Fatal("two copies differ")
			}
		}
		if form(w.t, w.shuffled()) != want {
			t.Fatal("another order gives another text")
		}
	})
}

// shuffled takes the whole log in any order, twice, through snapshots.
func (w *written) shuffled() *Text[key] {
	c := &Text[key]{}
	for _, s := range rapid.Permutation(append(slices.Clone(w.log), w.log...)).Draw(w.t, "order") {
		take(w.t, c, s)
		if w.pick("snapshot", 8) == 0 {
			b, back := form(w.t, c), &Text[key]{}
			if err := back.UnmarshalCBOR([]byte(b)); err != nil {
				w.t.Fatal(err)
			}
			if form(w.t, back) != b || back.Len() != c.Len() || back.Waiting() != c.Waiting() || back.Size() != c.Size() {
				w.t.Fatal("a snapshot gives another text")
			}
			c = back
		}
	}
	if c.Waiting() != 0 {
		w.t.Fatalf("%d changes still wait", c.Waiting())
	}
	return c
}

// TestCursorsStay: a cursor is beside its character, or where that was.
func TestCursorsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWritten(t)
		for range 20 {
			w.step()
		}
		c := w.copies[0]
		before := []rune(c.String())
		at, side := w.pick("cursor", len(before)+1), rapid.Bool().Draw(t, "before")
		cursor := c.CursorAt(at, side)
		if got := c.Position(cursor); got != at {
			t.Fatalf("the cursor of %d is at %d", at, got)
		}
		for range 20 {
			w.step()
		}
		w.meetAll(w.t)
		now := []rune(c.String())
		got := c.Position(cursor)
		switch {
		case !cursor.Set && side && got != len(now), !cursor.Set && !side && got != 0:
			t.Fatalf("the cursor at an end went to %d of %d", got, len(now))
		case cursor.Set && side && !w.deleted[before[at]] && now[got] != before[at]:
			t.Fatalf("the cursor left the front of %q", before[at])
		case cursor.Set && !side && !w.deleted[before[at-1]] && now[got-1] != before[at-1]:
			t.Fatalf("the cursor left the back of %q", before[at-1])
		}
		// What stood on either side of it stands there still.
		for i, r := range before {
			if p := slices.Index(now, r); p >= 0 && (i < at) != (p < got) {
				t.Fatalf("%q came to the other side of the cursor", r)
			}
		}
	})
}

// TestEditGivesTheText: an edit makes the text what was submitted, and made
// against an older version it keeps what came since.
func TestEditGivesTheText(t *testing.T) {
	part := rapid.SampledFrom([]string{"pool", "pods", "six", " ", "\n", ".", "é", "e\u0301", "👩‍🚒", "🇩🇪", "\r\n", "ß"})
	texts := rapid.Map(rapid.SliceOfN(part, 0, 20), func(p []string) string { return strings.Join(p, "") })
	rapid.Check(t, func(t *rapid.T) {
		c := &Text[key]{}
		for range 3 {
			text := texts.Draw(t, "text")
			for _, change := range c.Edit(0, text) {
				take(t, c, sent{0, change})
			}
			if c.String() != text {
				t.Fatalf("it reads %q, want %q", c, text)
			}
		}
		version, seen := c.Version(), c.String()
		theirs := "«" + texts.Draw(t, "theirs") + "»"
		take(t, c, sent{1, c.Replace(1, rapid.IntRange(0, c.Len()).Draw(t, "at"), 0, theirs)[0]})
		mine := texts.Draw(t, "mine")
		changes, err := c.EditFrom(2, version, seen, mine)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range changes {
			take(t, c, sent{2, change})
		}
		// Mine may have come inside theirs only if I had seen it.
		if got := c.String(); !strings.Contains(got, theirs) || strings.Replace(got, theirs, "", 1) != mine {
			t.Fatalf("%q and %q made of %q give %q", mine, theirs, seen, got)
		}
	})
}

func TestDiffIsSmall(t *testing.T) {
	long := strings.Repeat("The payment workers restarted at 14:02 UTC.\n", 3000)
	for _, c := range []struct {
		old, text string
		want      []hunk
	}{
		{"", "", nil},
		{"", "a", []hunk{{0, 0, "a"}}},
		{"six pods restarted", "seven pods restarted", []hunk{{1, 2, "even"}}},
		{"six pods restarted\nand fell\n", "six pods fell\nand fell\n", []hunk{{9, 9, "fell"}}},
		{"cafe", "cafe\u0301", []hunk{{3, 1, "e\u0301"}}},
		{"a b c", "a c", []hunk{{2, 2, ""}}},
		{"one two", "one new two new", []hunk{{4, 0, "new "}, {7, 0, " new"}}},
		{long, long + "x", []hunk{{len(long), 0, "x"}}},
		{"x" + long, "y" + long, []hunk{{0, 1, "y"}}},
	} {
		if got := diff(c.old, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%.40q to %.40q is %v, want %v", c.old, c.text, got, c.want)
		}
	}
}

func TestLargeEditIsSeveralChanges(t *testing.T) {
	long := strings.Repeat("ä", MaxChange)
	c := &Text[key]{}
	changes := c.Edit(1, long)
	if len(changes) != 2 {
		t.Fatalf("%d changes", len(changes))
	}
	slices.Reverse(changes)
	for _, change := range changes {
		take(t, c, sent{1, change})
	}
	if c.String() != long {
		t.Error("it is another text")
	}
}

// TestRename: a branch that left another after four characters, which itself
// had left the first after two, names the characters of all three.
func TestRename(t *testing.T) {
	owner := func(n uint32) (key, uint32, uint32) {
		switch {
		case n >= 4:
			return 9, n - 4, 1 << 31
		case n >= 2:
			return 8, n - 2, 4
		}
		return 7, n, 2
	}
	c := Change[key]{
		Start: 6, Writers: []key{1},
		Inserts: []Insert{{Of: ofSelf, N: 5, Text: "a"}, {Of: ofSelf, N: 1, Text: "b"}, {Of: ofOthers, N: 1, Text: "c"}, {Text: "d"}},
		Deletes: []Range{{Of: ofSelf, N: 1, C: 5}, {Of: ofOthers, N: 1, C: 5}},
	}
	want := Change[key]{
		Start: 2, Writers: []key{1, 7, 8},
		Inserts: []Insert{{Of: ofSelf, N: 1, Text: "a"}, {Of: 3, N: 1, Text: "b"}, {Of: ofOthers, N: 1, Text: "c"}, {Text: "d"}},
		Deletes: []Range{{Of: 3, N: 1, C: 1}, {Of: 4, N: 0, C: 2}, {Of: ofSelf, N: 0, C: 2}, {Of: ofOthers, N: 1, C: 5}},
	}
	if got := c.Rename(9, owner); !reflect.DeepEqual(got, want) {
		t.Errorf("it is %+v, want %+v", got, want)
	}
	if len(c.Writers) != 1 || c.Deletes[0].C != 5 {
		t.Error("what was given was changed")
	}
}

func TestWhatIsNoChange(t *testing.T) {
	for name, c := range map[string]Change[key]{
		"an empty insert":     {Inserts: []Insert{{}}},
		"no UTF-8":            {Inserts: []Insert{{Text: "\xff"}}},
		"a writer not named":  {Inserts: []Insert{{Of: 2, Text: "a"}}},
		"a delete of nothing": {Deletes: []Range{{Of: ofSelf}}},
		"a delete of start":   {Deletes: []Range{{C: 1}}},
		"a delete too far":    {Deletes: []Range{{Of: ofSelf, N: 1 << 31, C: 1 << 31}}},
		"too much text":       {Inserts: []Insert{{Text: strings.Repeat("a", MaxChange+1)}}},
		"too many parts":      {Deletes: slices.Repeat([]Range{{Of: ofSelf, C: 1}}, 2*MaxParts+1)},
		"too many characters": {Start: maxCount, Inserts: []Insert{{Text: "a"}}},
	} {
		text := &Text[key]{}
		if err := text.Apply(1, c); !errors.Is(err, ErrChange) || form(t, text) != form(t, &Text[key]{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := &Text[key]{}
	if _, err := text.EditFrom(1, Version[key]{{By: 2, Count: 1}}, "a", "b"); !errors.Is(err, ErrVersion) {
		t.Errorf("a version of another text: %v", err)
	}
}

// FuzzText: bytes that are taken for a text are one, and go back to the same
// bytes; nothing that is written on it afterwards breaks it.
func FuzzText(f *testing.F) {
	g := newGroup(3)
	g.write(f, 0, 0, 0, "six pods restarted")
	g.meetAll(f)
	g.write(f, 1, 4, 4, "é")
	g.write(f, 2, 0, 3, "")
	g.meetAll(f)
	f.Add([]byte(form(f, g.copies[0])), "six", uint8(1))
	late := &Text[key]{}
	take(f, late, g.log[1:]...)
	f.Add([]byte(form(f, late)), "", uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, text string, at uint8) {
		c := &Text[key]{}
		if c.UnmarshalCBOR(b) != nil {
			return
		}
		once := form(t, c)
		back := &Text[key]{}
		if err := back.UnmarshalCBOR([]byte(once)); err != nil || form(t, back) != once {
			t.Fatalf("a text does not come back: %v", err)
		}
		if !utf8.ValidString(text) || utf8.RuneCountInString(c.String()) != c.Len() {
			return
		}
		for _, change := range c.Edit(99, text) {
			_ = c.Apply(99, change) // its numbers may be used up
		}
		_ = c.Apply(7, Change[key]{Writers: []key{1}, Inserts: []Insert{{Of: 2, N: uint32(at), Text: "x"}}, Deletes: []Range{{Of: 2, N: uint32(at), C: 3}}})
		_ = c.Position(c.CursorAt(int(at), at%2 == 0))
		if utf8.RuneCountInString(c.String()) != c.Len() {
			t.Fatalf("it counts %d characters in %q", c.Len(), c)
		}
	})
}
