package oplog

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// A feed is forked where its device signed two different commits at one seq:
// its store was put back to an older copy and written on. Nothing of either is
// lost. Each branch is then a feed of its own, whole from its first commit, and
// the forked feed's name is not used on a link any more. The name of a branch
// is made of the first commit that no other branch has, so that it hangs on
// what is held alone, never on who heard of which branch first. The branches
// are at once the proof: both are signed by the device, and travel like any
// feed.
//
// A whole branch repeats the commits before the fork, on disk and on the way to
// a newcomer. That is the price of runs that stand alone: every branch begins
// with the commit that shows whose it is, and ends at a signature.

const branchTag = "holdfast/branch/1"

func branchID(root model.FeedID, first model.Hash) model.FeedID {
	h := sha256.New()
	h.Write([]byte(branchTag))
	h.Write(root[:])
	h.Write(first[:])
	return model.FeedID(h.Sum(nil))
}

// Fork is a feed that goes on in more than one way.
type Fork struct {
	Feed     model.FeedID // as its device opened it
	Device   model.DeviceKey
	Seq      uint64 // of the first commit that exists more than once
	Branches []Branch
}

// Branch is one way a forked feed goes on. The first of a fork keeps the
// feed's place in the fold; of the others, what they have alone is folded as a
// feed of its own.
type Branch struct {
	Name model.FeedID // on disk and on links
	Root model.FeedID // as its device opened it
	Fold model.FeedID // in the fold
	From uint64       // the first commit folded as Fold; those before are Onto's
	Onto model.FeedID // Name of the branch it leaves; zero for the first
}

// Place gives where the fold has a commit of the branch; false where it is
// another branch that brings it.
func (b *Branch) Place(seq uint64) (model.FeedID, uint64, bool) {
	return b.Fold, seq - b.From + 1, seq >= b.From
}

// Branch tells of a feed held whether it is a branch of a forked one.
func (l *Log) Branch(feed model.FeedID) (Branch, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, f := range l.forks {
		for _, b := range f.Branches {
			if b.Name == feed {
				return b, true
			}
		}
	}
	return Branch{}, false
}

// Forks lists the forked feeds held. The caller does not change them.
func (l *Log) Forks() []Fork {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list := make([]Fork, 0, len(l.forks))
	for _, f := range l.forks {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b Fork) int { return a.Feed.Compare(b.Feed) })
	return list
}

// Naming changes with the names of the feeds held, and with where they begin: it
// counts the branches found, and how often history was let go or regained. Equal numbers mean equal names as long as the log is open.
func (l *Log) Naming() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := uint64(0)
	for _, f := range l.forks {
		n += uint64(len(f.Branches))
	}
	return n + l.begun
}

// chain is one branch of a feed while it is compared with the others.
type chain struct {
	name  model.FeedID
	state *feedState
}

// chains gives what is held of a feed, by any name, in the order it came.
func chains(feeds map[model.FeedID]*feedState, root model.FeedID) []chain {
	var list []chain
	for name, s := range feeds {
		if s.root == root {
			list = append(list, chain{name, s})
		}
	}
	slices.SortFunc(list, func(a, b chain) int { return cmp.Compare(a.state.no, b.state.no) })
	return list
}

// family compares the branches of a feed: it gives the fork they make and the
// name of each, in the order of list.
func (l *Log) family(tx *bolt.Tx, root model.FeedID, list []chain) (Fork, []model.FeedID, error) {
	apart, err := l.apart(tx, list)
	if err != nil {
		return Fork{}, nil, err
	}
	names := make([]model.FeedID, len(list))
	for i, c := range list {
		hash, err := l.hashIn(tx, c.state, slices.Max(apart[i]))
		if err != nil {
			return Fork{}, nil, err
		}
		names[i] = branchID(root, hash)
	}
	ranks, err := l.ranked(tx, list, apart)
	if err != nil {
		return Fork{}, nil, err
	}
	fork := Fork{Feed: root, Device: list[0].state.open.Device, Seq: MaxSeq}
	for r, i := range ranks {
		b := Branch{Name: names[i], Root: root, Fold: root, From: 1}
		for _, j := range ranks[:r] {
			fork.Seq = min(fork.Seq, apart[i][j])
			if apart[i][j] > b.From || b.Onto == (model.FeedID{}) {
				b.From, b.Onto = apart[i][j], names[j]
			}
		}
		if r > 0 {
			hash, err := l.hashIn(tx, list[i].state, b.From)
			if err != nil {
				return Fork{}, nil, err
			}
			b.Fold = branchID(root, hash)
		}
		fork.Branches = append(fork.Branches, b)
	}
	return fork, names, nil
}

// apart gives for each two branches the first seq at which they differ.
func (l *Log) apart(tx *bolt.Tx, list []chain) ([][]uint64, error) {
	table := make([][]uint64, len(list))
	for i := range list {
		table[i] = make([]uint64, len(list))
		for j := range i {
			seq, err := l.parting(tx, list[i].state, list[j].state)
			if err != nil {
				return nil, err
			}
			table[i][j], table[j][i] = seq, seq
		}
	}
	return table, nil
}

// parting finds the first seq at which two branches differ. Chain hashes that
// are equal stand for all before them, so halving finds it.
func (l *Log) parting(tx *bolt.Tx, a, b *feedState) (uint64, error) {
	same, differ := uint64(0), min(a.head.Seq, b.head.Seq)+1
	for differ-same > 1 {
		mid := same + (differ-same)/2
		x, err := l.hashIn(tx, a, mid)
		if err != nil {
			return 0, err
		}
		y, err := l.hashIn(tx, b, mid)
		if err != nil {
			return 0, err
		}
		if x == y {
			same = mid
		} else {
			differ = mid
		}
	}
	if differ > min(a.head.Seq, b.head.Seq) {
		return 0, fmt.Errorf("branches of feed %s do not part: %w", a.root.Short(), ErrDamaged)
	}
	return differ, nil
}

// ranked orders branches: where two part, the one whose commit was written
// first by its author's clock goes first. That one others have most likely
// built on; the clock decides no more than whose names stay as they were.
func (l *Log) ranked(tx *bolt.Tx, list []chain, apart [][]uint64) ([]int, error) {
	type firstCommit struct {
		wall int64
		hash model.Hash
	}
	first := make(map[[2]int]firstCommit)
	for i := range list {
		for j := range list {
			if i == j {
				continue
			}
			s := list[i].state
			hash, err := l.hashIn(tx, s, apart[i][j])
			if err != nil {
				return nil, err
			}
			c, err := l.commitIn(tx, s, apart[i][j])
			if err != nil {
				return nil, err
			}
			first[[2]int{i, j}] = firstCommit{c.Wall, hash}
		}
	}
	ranks := make([]int, len(list))
	for i := range ranks {
		ranks[i] = i
	}
	slices.SortFunc(ranks, func(i, j int) int {
		a, b := first[[2]int{i, j}], first[[2]int{j, i}]
		return cmp.Or(cmp.Compare(a.wall, b.wall), slices.Compare(a.hash[:], b.hash[:]))
	})
	return ranks, nil
}

// commitIn reads one commit without its hash.
func (l *Log) commitIn(tx *bolt.Tx, s *feedState, seq uint64) (c Commit, err error) {
	err = l.eachRecord(tx, s.root, s.no, seq, seq, func(_ uint64, r record) (bool, error) {
		c, err = r.commit(names{s.root, s.root}, seq)
		return true, err
	})
	return c, err
}

// loadForks finds the forks among what is held, and checks that every feed
// has the name its commits give it.
func (l *Log) loadForks(tx *bolt.Tx) error {
	l.forks = map[model.FeedID]Fork{}
	for name, s := range l.feeds {
		if _, done := l.forks[s.root]; done || name == s.root {
			continue
		}
		list := chains(l.feeds, s.root)
		if len(list) < 2 {
			return fmt.Errorf("feed table, feed %s: %w", name.Short(), ErrDamaged)
		}
		fork, names, err := l.family(tx, s.root, list)
		if err != nil {
			return err
		}
		for i, c := range list {
			if names[i] != c.name {
				return fmt.Errorf("feed table, feed %s: %w", c.name.Short(), ErrDamaged)
			}
		}
		l.forks[s.root] = fork
	}
	return nil
}
