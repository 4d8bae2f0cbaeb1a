package engine

// Of age 4: in seeds with an archive some devices are of a version from before history
// was let go of. They know neither who lacks the beginning of a feed nor which device is
// the archive. Once the trouble ends they have a link to it, as a person makes one.

func (s *sim) makeOld() {
	if s.age < 4 || s.keeper == nil {
		return
	}
	for _, n := range s.nodes {
		if n != s.keeper && s.fourth.IntN(3) == 0 {
			n.old = true
			s.stats["old"]++
		}
	}
}

// meetOld has the old devices dial the archive.
func (s *sim) meetOld() {
	for _, n := range s.nodes {
		if n.old {
			n.meetArchive()
		}
	}
}
