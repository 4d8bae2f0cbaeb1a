package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"holdfast/model/due"
	"holdfast/sync/escalate"
)

// TestAPeerWithoutAScreenSaysWhatIsDue once, and again and again that nobody
// answers, each with the command that goes on from there.
func TestAPeerWithoutAScreenSaysWhatIsDue(t *testing.T) {
	at := time.Date(2021, 10, 4, 15, 44, 0, 0, time.UTC)
	for _, c := range []struct {
		kind  string
		again bool
		want  []string
	}{
		{due.Ladder, false, []string{"level=ERROR", "Nobody has answered", `incident="P0 INC-7K2M"`, "holdfastctl escalate INC-7K2M"}},
		{due.Ladder, true, []string{"level=ERROR", "holdfastctl escalate INC-7K2M"}},
		{due.Escalation, false, []string{"level=WARN", "holdfastctl escalate INC-7K2M"}},
		{due.Clock, false, []string{"level=WARN", "holdfastctl due INC-7K2M"}},
		{due.Update, true, nil},
		{due.Task, false, nil},
	} {
		var b bytes.Buffer
		remind(slog.New(slog.NewTextHandler(&b, nil)))([]escalate.Reminder{
			{Kind: c.kind, Incident: "INC-7K2M", Title: "P0 INC-7K2M", Text: "Nobody has answered (Everybody)", DueAt: at, Overdue: true, Again: c.again},
		})
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s, again %v: %q lacks %q", c.kind, c.again, b.String(), want)
			}
		}
		if c.want == nil && b.Len() > 0 {
			t.Errorf("%s, again %v says %q", c.kind, c.again, b.String())
		}
	}
}
