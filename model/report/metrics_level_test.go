package report_test

import (
	"slices"
	"testing"
	"time"

	"holdfast/model/report"
)

// The levels share out every incident of a figure, and each has the median of
// its own.
func TestLevelsShareOutAFigure(t *testing.T) {
	r, _ := samples(t)
	m := report.Measure(r.State, r.State.Policy(), time.Time{}, time.Time{}, r.Now)
	for _, d := range m.Durations {
		n, missing := 0, 0
		for _, l := range m.ByLevel(d.Name) {
			n, missing = n+l.N, missing+l.Missing
			var walls []int64
			for _, v := range l.Values {
				walls = append(walls, v.WallS)
			}
			slices.Sort(walls)
			if l.N%2 == 1 && l.Wall.MedianS != walls[l.N/2] {
				t.Errorf("%s of %s: the median is %d of %v", d.Name, l.Severity, l.Wall.MedianS, walls)
			}
		}
		if n != d.N || missing != len(d.Missing) {
			t.Errorf("%s: the levels have %d with both times and %d without, all have %d and %d", d.Name, n, missing, d.N, len(d.Missing))
		}
	}
}
