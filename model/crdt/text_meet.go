package crdt

// side is who wrote at a text that two made others of.
type side int

const (
	neither side = iota
	ours
	theirs
)

// Compare implements Key.
func (s side) Compare(o side) int { return int(s - o) }

// Meet gives the text that two others made apart of one come to, with what
// either wrote, and where a cursor of the first is in it: beside the character
// it was behind. at is counted in characters. The texts are UTF-8.
func Meet(base, mine, other string, at int) (string, int) {
	if mine == other || base == other {
		return mine, at
	}
	t := &Text[side]{}
	take := func(by side, changes []Change[side]) {
		for _, c := range changes {
			if err := t.Apply(by, c); err != nil {
				panic(err) // it was made on this text
			}
		}
	}
	take(neither, t.Edit(neither, base))
	apart, err := t.EditFrom(theirs, t.Version(), base, other)
	if err != nil {
		panic(err) // the version is that of base
	}
	take(ours, t.Edit(ours, mine))
	cursor := t.CursorAt(at, false)
	take(theirs, apart)
	return t.String(), t.Position(cursor)
}

// Distance is how many characters have to be written and deleted to make one
// text of another.
func Distance(from, to string) uint64 {
	t := &Text[side]{}
	for _, c := range t.Edit(neither, from) {
		if err := t.Apply(neither, c); err != nil {
			panic(err) // it was made on this text
		}
	}
	var n uint64
	for _, c := range t.Edit(ours, to) {
		written, deleted := c.Count()
		n += written + deleted
	}
	return n
}
