package report

// LevelStats are the figures of one step for the incidents of one level.
type LevelStats struct {
	Severity string `json:"severity"`
	N        int    `json:"n"`
	Wall     Stats  `json:"wall"`
	Support  Stats  `json:"support"`
	// Values are the incidents it was computed from; Missing counts those of the
	// level that lack a time.
	Values  []Value `json:"values"`
	Missing int     `json:"missing"`
}

// ByLevel gives a figure of time, by its name, for each level there is: the
// final one of each incident.
func (m Metrics) ByLevel(name string) []LevelStats {
	d := m.Duration(name)
	value := map[string]Value{}
	for _, v := range d.Values {
		value[v.Incident] = v
	}
	var all []LevelStats
	for _, f := range m.Frequency {
		l := LevelStats{Severity: f.Severity, Values: []Value{}}
		for _, code := range f.Incidents {
			if v, ok := value[code]; ok {
				l.Values = append(l.Values, v)
			} else {
				l.Missing++
			}
		}
		l.N = len(l.Values)
		l.Wall = stats(l.Values, func(v Value) int64 { return v.WallS })
		l.Support = stats(l.Values, func(v Value) int64 { return v.SupportS })
		all = append(all, l)
	}
	return all
}
