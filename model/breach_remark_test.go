package model

import (
	"strings"
	"testing"
	"time"
)

func TestANoticeAgainstTheRecord(t *testing.T) {
	for name, c := range map[string]struct {
		fields map[string]string
		want   string
	}{
		"the same":         {map[string]string{"people": "1200", "nature": "Addresses of 1,200 people were read"}, ""},
		"in the range":     {map[string]string{"people": "1000-1500", "nature": "Addresses of 1200 customers were read"}, ""},
		"another number":   {map[string]string{"people": "1200", "nature": "Addresses of 900 people were read"}, `What happened says "900 people"; the number of people in the record is 1200`},
		"records":          {map[string]string{"records": "50", "measures": "60 records were restored"}, `Measures taken says "60 records"; the number of records in the record is 50`},
		"nobody counted":   {map[string]string{"nature": "Addresses of 900 people were read"}, ""},
		"not known":        {map[string]string{"people": "unknown", "nature": "Addresses of 900 people were read"}, `What happened says "900 people"; the number of people in the record is unknown`},
		"another begin":    {map[string]string{"began": "2026-03-17T09:00:00Z"}, "Breach began is 2026-03-17 09:00 UTC; the record says that the incident started 2026-03-17 13:00 UTC"},
		"about that begin": {map[string]string{"began": "2026-03-17T12:30:00Z"}, ""},
		"ends before":      {map[string]string{"began": "2026-03-17T12:30:00Z", "ended": "2026-03-17T12:00:00Z"}, "Breach ended is 2026-03-17 12:00 UTC; it began 2026-03-17 12:30 UTC"},
	} {
		w := founded(t)
		ana := w.peers[0]
		done := ana.do(Declare{Title: "Addresses were read", Severity: P0, Type: "Data Privacy Incident", Milestones: map[string]time.Time{"started": testNow.Add(-time.Hour)}})
		ana.now = ana.now.Add(time.Minute)
		ana.do(SetBreach{Incident: done.Code, Fields: c.fields})
		if got := strings.Join(ana.state.BreachView(ana.incident(done.ID), ana.now).Remarks, " | "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
