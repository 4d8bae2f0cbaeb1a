package crdt

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type key int

func (k key) Compare(o key) int { return cmp.Compare(k, o) }

type write = Write[key, string]

func register(writes ...write) *Register[key, string] {
	r := &Register[key, string]{}
	for _, w := range writes {
		r.Add(w)
	}
	return r
}

func values(writes []write) []string {
	list := []string{}
	for _, w := range writes {
		list = append(list, w.Value)
	}
	return list
}

func TestWhatIsCurrent(t *testing.T) {
	a := write{Key: 1, Rank: 1, Value: "a"}
	for _, c := range []struct {
		name   string
		writes []write
		want   []string
	}{
		{"nothing", nil, nil},
		{"one write", []write{a}, []string{"a"}},
		{"a write that replaces", []write{a, {Key: 2, Rank: 2, Pred: []key{1}, Value: "b"}}, []string{"b"}},
		{"two writes apart", []write{a, {Key: 2, Rank: 2, Pred: []key{1}, Value: "b"}, {Key: 3, Rank: 2, Pred: []key{1}, Value: "c"}}, []string{"b", "c"}},
		{"a write that settles", []write{
			a,
			{Key: 2, Rank: 2, Pred: []key{1}, Value: "b"},
			{Key: 3, Rank: 2, Pred: []key{1}, Value: "c"},
			{Key: 4, Rank: 3, Pred: []key{2, 3}, Value: "d"},
		}, []string{"d"}},
		{"a write that came before those it replaces", []write{{Key: 2, Rank: 2, Pred: []key{1}, Value: "b"}}, []string{"b"}},
		{"a ring of two", []write{{Key: 1, Rank: 1, Pred: []key{2}, Value: "a"}, {Key: 2, Rank: 1, Pred: []key{1}, Value: "b"}}, []string{"a", "b"}},
		{"a ring over ranks", []write{{Key: 1, Rank: 1, Pred: []key{2}, Value: "a"}, {Key: 2, Rank: 2, Pred: []key{1}, Value: "b"}}, []string{"b"}},
		{"a write that names itself", []write{{Key: 1, Rank: 1, Pred: []key{1}, Value: "a"}, {Key: 2, Rank: 1, Value: "b"}}, []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := register(c.writes...)
			if got := values(r.Current()); !slices.Equal(got, c.want) {
				t.Errorf("current is %q, want %q", got, c.want)
			}
			v, ok := r.Value()
			if ok != (len(c.want) > 0) || ok && v != c.want[len(c.want)-1] {
				t.Errorf("value is %q %v", v, ok)
			}
			if len(r.Heads()) != len(c.want) || len(r.History()) != len(c.writes) {
				t.Errorf("%d heads, %d in the history", len(r.Heads()), len(r.History()))
			}
		})
	}
}

func TestAddKnowsWhatItHas(t *testing.T) {
	r := &Register[key, string]{}
	if !r.Add(write{Key: 1, Rank: 5, Value: "a"}) || r.Add(write{Key: 1, Rank: 5, Value: "a"}) {
		t.Error("a write is new once")
	}
	if len(r.History()) != 1 {
		t.Errorf("history %v", r.History())
	}
}

// TestAnyOrderGivesTheSame: order and repetition make no difference, and a
// register that was written to is never empty.
func TestAnyOrderGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		writes := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) write {
			return write{
				Key: key(rapid.IntRange(0, 12).Draw(t, "key")), Rank: uint64(rapid.IntRange(0, 4).Draw(t, "rank")),
				Pred:  rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 12), func(i int) key { return key(i) }), 0, 4).Draw(t, "pred"),
				Value: rapid.StringN(0, 3, -1).Draw(t, "value"),
			}
		}), 1, 10, func(w write) key { return w.Key }).Draw(t, "writes")
		want := register(writes...)
		got := register(rapid.Permutation(append(slices.Clone(writes), writes...)).Draw(t, "order")...)
		if !slices.EqualFunc(got.History(), want.History(), same) || !slices.EqualFunc(got.Current(), want.Current(), same) {
			t.Fatalf("another order gives %v, want %v", got.Current(), want.Current())
		}
		if len(want.Current()) == 0 {
			t.Fatal("the register is empty")
		}
		settled := write{Key: 99, Rank: 9, Pred: want.Heads(), Value: "settled"}
		want.Add(settled)
		if current := want.Current(); len(current) != 1 || !same(current[0], settled) {
			t.Fatalf("naming all that is current leaves %v", current)
		}
	})
}

func same(a, b write) bool { return a.Key == b.Key && a.Rank == b.Rank && a.Value == b.Value }
