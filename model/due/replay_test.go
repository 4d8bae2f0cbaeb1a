package due_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
	"holdfast/model/modeltest/fewer"
)

var update = flag.Bool("update", false, "write the golden files")

// replayed are real incidents, of every level and most types.
var replayed = [...]string{
	"gitlab-2017-01-31-database", "github-2018-10-21-split-brain", "cloudflare-2019-07-02-waf-regex", "facebook-2021-10-04-backbone",
	"cloudflare-2023-11-23-intrusion", "cloudflare-2025-11-18-bot-file", "dfds-2021-03-31-sso-certificate", "dfds-2021-12-10-log4shell",
	"moj-2023-01-11-image-pull", "moj-2024-07-25-logs-lost", "cloudflare-2023-10-04-resolver", "moj-2023-09-18-disk",
	"atlassian-2022-04-05-sites-deleted",
}

// replayFor bounds a replay: what is due later repeats itself.
const replayFor = 6 * time.Hour

// TestReplay plays real incidents through the product: a scribe declares at the
// minute it was declared and writes down what happened as it happened, and
// nobody does anything else. The golden files say what would have been due, at
// which minute.
func TestReplay(t *testing.T) {
	for _, name := range replayed[:fewer.Cases(len(replayed), 2)] {
		t.Run(name, func(t *testing.T) {
			got := replay(t, name)
			golden := filepath.Join("testdata", "replay", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("what is due has changed; -update writes it anew. Got:\n%s", got)
			}
		})
	}
}

// told is an incident as it was told.
type told struct {
	Title, Type, Detection string
	Severity               string            `json:"severity_guess"`
	Milestones             map[string]string `json:"milestones"`
	Entries                []struct{ At, Text, Kind string }
}

// leads says which phase a kind of entry shows to lead.
var leads = map[string]string{
	"finding": "investigation", "investigation": "investigation", "hypothesis": "investigation", "mitigation": "containment",
	"recovery": "recovery",
}

// happening is something that happened at a time.
type happening struct {
	at   time.Time
	text string
	do   func(inc string)
}

func (i told) milestone(name string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, i.Milestones[name+"_at"])
	return at.UTC(), err == nil
}

// begin is when somebody declared: as told, else when it was noticed.
func (i told) begin() time.Time {
	for _, name := range []string{"declared", "detected", "started"} {
		if at, ok := i.milestone(name); ok {
			return at
		}
	}
	return time.Time{}
}

func replay(t *testing.T, name string) string {
	text, err := assets.Sample(name)
	if err != nil {
		t.Fatal(err)
	}
	var in told
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	r := modeltest.New(t, ana)
	r.Now = in.begin()
	d := model.Declare{Title: in.Title[:min(len(in.Title), model.MaxTitle)], Severity: in.Severity, Type: in.Type, Detection: in.Detection, Milestones: map[string]time.Time{}}
	for _, m := range []string{"started", "detected"} {
		if at, ok := in.milestone(m); ok {
			d.Milestones[m] = at
		}
	}
	inc := r.As(ana, d).Code
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s, %s\n", in.Title, in.Severity, in.Type)
	fmt.Fprintf(&b, "Declared %s UTC. Minutes count from there. > happened, ! is due.\n\n", r.Now.Format("2006-01-02 15:04"))
	play(r, inc, in.happenings(r), &b)
	return b.String()
}

// happenings are what a scribe writes down after the declaration.
func (i told) happenings(r *modeltest.Room) []happening {
	var list []happening
	for _, e := range i.Entries {
		at, err := time.Parse(time.RFC3339, e.At)
		if err != nil || at.Before(i.begin()) {
			continue
		}
		list = append(list, happening{at.UTC(), e.Kind + ": " + e.Text, func(inc string) {
			r.As(ana, model.Log{Incident: inc, Kind: e.Kind, Text: e.Text})
			switch e.Kind {
			case "communication":
				if r.Incident(inc).Security(r.State.Policy()) {
					r.As(ana, model.ApproveMessage{Incident: inc, Audience: "public", Person: ana, Text: e.Text})
				}
				r.As(ana, model.TellByHand{Incident: inc, Where: "status page", Draft: model.Draft{Audience: "public", Channel: "statuspage", Subject: "Status", Body: e.Text}})
			case "role":
				r.As(ana, model.AssignRole{Incident: inc, Role: model.RoleCommander, Person: ana})
			}
			if phase := leads[e.Kind]; phase != "" && phase != r.Incident(inc).Phase() {
				r.As(ana, model.SetIncident{Incident: inc, Phase: phase})
			}
		}})
	}
	if at, ok := i.milestone("resolved"); ok {
		list = append(list, happening{at, "resolved", func(inc string) {
			r.As(ana, model.Resolve{Incident: inc, Verification: "as told"})
		}})
	}
	slices.SortStableFunc(list, func(a, b happening) int { return a.at.Compare(b.at) })
	return list
}

// play lets time run: what happens is done, and what becomes due is written.
func play(r *modeltest.Room, inc string, list []happening, b *strings.Builder) {
	begin := r.Now
	said := map[string]bool{}
	say := func() {
		for _, d := range of(r, inc) {
			key := d.ID + d.DueAt.String()
			if d.State != due.Overdue || said[key] {
				continue
			}
			said[key] = true
			proposed := ""
			if d.Proposed {
				proposed = " (proposed)"
			}
			fmt.Fprintf(b, "%8s ! %s: %s%s\n", minute(r.Now.Sub(begin)), d.Who, d.What, proposed)
		}
	}
	say()
	for {
		next := due.Next(of(r, inc), r.Now)
		if len(list) > 0 && (next.IsZero() || !list[0].at.After(next)) {
			r.Now = list[0].at
			if r.Now.Sub(begin) <= replayFor || list[0].text == "resolved" {
				fmt.Fprintf(b, "%8s > %s\n", minute(r.Now.Sub(begin)), list[0].text)
			}
			before := r.Incident(inc).Phase()
			list[0].do(inc)
			if after := r.Incident(inc).Phase(); after != before && r.Now.Sub(begin) <= replayFor {
				fmt.Fprintf(b, "%8s > phase: %s\n", minute(r.Now.Sub(begin)), after)
			}
			list = list[1:]
			if r.Now.Sub(begin) <= replayFor {
				say()
			}
			continue
		}
		if next.IsZero() || next.Sub(begin) > replayFor && len(list) == 0 && next.Sub(r.Now) > 8*24*time.Hour {
			return
		}
		r.Now = next
		if r.Now.Sub(begin) <= replayFor || !r.Incident(inc).Open() {
			say()
		}
		if r.Now.Sub(begin) > 60*24*time.Hour {
			return
		}
	}
}

func minute(d time.Duration) string {
	return fmt.Sprintf("+%d:%02d", int(d.Hours()), int(d.Minutes())%60)
}
