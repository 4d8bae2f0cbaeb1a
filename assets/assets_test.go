package assets_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model/template"
)

var update = flag.Bool("update", false, "write the golden files anew")

// gitlab is a full set of facts. Times, durations, causes and losses are those
// of the incident of 31 January 2017 as the sample has them; what only a person
// in the room could have typed (names, promises, credit) is a stand-in.
func gitlab() map[string]string {
	return map[string]string{
		"incident.id": "INC-7K2M", "incident.title": "GitLab.com: primary database directory removed, backups not usable",
		"severity": "P0", "type": "Data Loss or Corruption", "phase": "Recovery", "detection": "monitoring alerts",
		"started": "31 Jan 2017 23:00 UTC", "detected": "31 Jan 2017 23:00 UTC", "declared": "31 Jan 2017 23:28 UTC",
		"mitigated": "1 Feb 2017 17:00 UTC", "resolved": "1 Feb 2017 18:14 UTC", "duration": "19 h 14 min",
		"impact.what": "GitLab.com is offline", "impact.who": "all users of GitLab.com", "impact.share": "All users", "impact.regions": "all regions",
		"workaround": "work on local clones and push later", "cause.age": "45 min", "cause.current": "the data directory of the primary database was removed",
		"actions.now": "copy the six-hour-old staging snapshot to production", "needs": "a second person for each step on a database host",
		"next_update": "1 Feb 2017 01:00 UTC", "update.number": "4", "ic": "the on-call lead", "comms": "the communications lead",
		"bridge": "+1 555 0100", "channel": "inc-20170131-7k2m-primary-database", "status_url": "https://status.gitlab.com",
		"data_loss": "yes, six hours of database changes: about 5 000 projects, 5 000 comments, 700 accounts", "tz": "UTC",
		"org": "GitLab", "product": "GitLab.com", "contact": "support@gitlab.com", "responders": "the infrastructure team",
		"pm.owner": "the infrastructure lead", "pm.time": "3 Feb 2017 15:00 UTC",
		"ttd": "0 min", "ttdec": "28 min", "tta": "not recorded", "ttm": "18 h", "ttr": "19 h 14 min",
		"user_task": "sign in, push or open issues", "feature": "GitLab.com", "unaffected": "Self-managed installations",
		"effect": "issues, comments and merge requests are not reachable", "trend": "about the same", "known": "replication is broken and the primary holds 4.5 GB of 300 GB.",
		"confidence": "high", "data.affected": "yes", "data.statement": "Changes made between 17:20 and 00:00 UTC may be missing; we contact those affected.",
		"ruled_out": "the regular backups", "trying": "a copy made six hours earlier", "interval": "60 min", "watch": "14 min", "check": "sign in and open an issue",
		"fix": "the staging snapshot was restored and webhooks were added back", "lasting": "six hours of issues and comments are missing",
		"temporary": "read-only staging host, the infrastructure lead, until 10 Feb 2017", "summary": "GitLab.com was offline for about 18 hours for everyone, and six hours of data were lost.",
		"factors": "replication lag under load, a removal on the primary instead of the replica, backups that had stopped without an alert",
		"helped":  "a snapshot taken by hand six hours before; live notes in public", "hindered": "slow disks on staging; no tested restore",
		"followups": "- test restores daily - the infrastructure lead - 28 Feb 2017", "link": "https://about.gitlab.com/blog/2017/02/10/postmortem-of-database-outage-of-january-31/",
		"reply_by": "17 Feb 2017", "review_by": "10 Feb 2017", "situation": "The primary database lost its data and is restored from a six-hour-old copy.",
		"money": "unknown", "result_by": "1 Feb 2017 12:00 UTC", "outlook": "likely back within the day, with six hours of data missing", "legal": "assessing",
		"decision": "none", "public_line": "We removed production data by accident and are restoring from a copy.", "liaison": "the internal liaison",
		"recipient": "all", "sender": "The communications lead, GitLab", "skill": "PostgreSQL recovery", "context": "primary data directory removed, copy from staging running",
		"first_task": "check the staging snapshot before it is copied", "changes": "restores are tested every day and their age is watched",
		"credit": "five days", "correction.time": "00:44 UTC", "correction.said": "all backups are lost", "correction.right": "a six-hour-old copy exists",
		"vendor.service": "disk snapshots", "vendor.account": "not stated", "vendor.symptom": "snapshots were never enabled for the database disks",
		"vendor.requests": "not stated", "vendor.tried": "restore from the object store, which is empty",
	}
}

func TestTemplatesRenderToGolden(t *testing.T) {
	sources, err := assets.Templates()
	if err != nil {
		t.Fatal(err)
	}
	facts := gitlab()
	known := map[string]bool{}
	for _, term := range template.Vocabulary() {
		known[term.Name] = true
		if facts[term.Name] == "" {
			t.Errorf("the facts of the test lack %s", term.Name)
		}
	}
	for name := range maps.Keys(facts) {
		if !known[name] {
			t.Errorf("%s is no name of the vocabulary", name)
		}
	}
	for _, src := range sources {
		t.Run(src.ID, func(t *testing.T) {
			tpl, err := template.Parse(src.Source)
			if err != nil {
				t.Fatal(err)
			}
			if tpl.ID != src.ID || tpl.Name == "" || tpl.Audience == "" || tpl.Channel == "" {
				t.Errorf("front matter: id %q, name %q, audience %q, channel %q", tpl.ID, tpl.Name, tpl.Audience, tpl.Channel)
			}
			r := tpl.Render(facts)
			if err := r.Blocked(); err != nil {
				t.Error(err)
			}
			if mail := tpl.Channel == "mail" || tpl.Channel == "statuspage"; mail && r.Subject == "" {
				t.Error("a message of this channel needs a subject")
			}
			golden(t, src.ID, "Subject: "+r.Subject+"\n\n"+r.Text+"\n")
			if r := tpl.Render(nil); r.Blocked() == nil {
				t.Error("with nothing filled in it can be sent")
			}
		})
	}
}

func golden(t *testing.T, id, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", id+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The seed's four templates and the two it names must ship under these ids.
func TestCoreTemplatesShip(t *testing.T) {
	sources, err := assets.Templates()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, s := range sources {
		have[s.ID] = true
	}
	for _, id := range []string{
		"incident-detected", "investigation", "incident-resolved", "postmortem-summary", "customer-notification", "executive-brief",
		"status-investigating", "status-scope", "status-identified", "status-monitoring", "status-resolved",
		"status-no-news", "status-long", "status-correction", "status-false-alarm",
	} {
		if !have[id] {
			t.Errorf("%s does not ship", id)
		}
	}
}

// The words of a shipped template for people outside pass the check that every
// message for them goes through; only what a person fills in can fail it.
func TestPublicTemplatesPassTheCheck(t *testing.T) {
	sources, err := assets.Templates()
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range sources {
		tpl, err := template.Parse(src.Source)
		if err != nil {
			t.Fatal(err)
		}
		if tpl.Audience != "public" && tpl.Audience != "customers" && tpl.Audience != "support" {
			continue
		}
		neutral := map[string]string{}
		for _, f := range tpl.Fields() {
			neutral[f.Name] = "X"
			if len(f.Choices) > 0 {
				neutral[f.Name] = f.Choices[0]
			}
		}
		for _, w := range template.Lint(tpl.Render(neutral).Text) {
			t.Errorf("%s: %q: %s", src.ID, w.Found, w.Advice)
		}
	}
}

func TestSamplesAreWholeAndCredited(t *testing.T) {
	names, err := assets.Samples()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 29 {
		t.Errorf("%d samples, want 29", len(names))
	}
	credits, err := assets.SampleCredits()
	if err != nil {
		t.Fatal(err)
	}
	mit, public, _ := strings.Cut(credits, "## From public reports")
	for _, name := range names {
		b, err := assets.Sample(name)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			ID, Source, Title string
			Licence           string `json:"source_licence"`
			EntryCount        int    `json:"entry_count"`
			Entries           []struct {
				At         time.Time
				Text, Kind string
			}
		}
		if err := json.Unmarshal(b, &s); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.ID != name || s.Title == "" || len(s.Entries) != s.EntryCount {
			t.Errorf("%s: id %q, %d of %d entries", name, s.ID, len(s.Entries), s.EntryCount)
		}
		part := public
		if s.Licence == "MIT" {
			part = mit
		}
		if !strings.Contains(part, "| "+name+" |") || !strings.Contains(part, s.Source) {
			t.Errorf("%s (%s) is not credited in its part", name, s.Licence)
		}
	}
	for _, bad := range []string{"nothing", "", "../legal-clocks", "CREDITS.md"} {
		if _, err := assets.Sample(bad); !errors.Is(err, assets.ErrNone) {
			t.Errorf("sample %q: %v", bad, err)
		}
	}
}

func TestRunbooksHaveTitles(t *testing.T) {
	docs, err := assets.Runbooks()
	if err != nil || len(docs) < 6 {
		t.Fatalf("%d texts, %v", len(docs), err)
	}
	for _, d := range docs {
		if d.Title == "" || len(d.Text) < 200 {
			t.Errorf("%s: title %q, %d bytes", d.ID, d.Title, len(d.Text))
		}
	}
}

func TestIcon(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(assets.IconPNG()))
	if err != nil || img.Bounds().Dx() != 512 || img.Bounds().Dy() != 512 {
		t.Errorf("icon: %v", err)
	}
	if !bytes.HasPrefix(assets.IconSVG(), []byte("<svg")) {
		t.Error("the icon is no SVG")
	}
}

// TestCodeNamesSayNothing: every two words that can be suggested make a code
// name, and each word is there once.
func TestCodeNamesSayNothing(t *testing.T) {
	first, second := assets.CodeNames()
	if len(first) < 40 || len(first) != len(second) {
		t.Fatalf("%d first and %d second words", len(first), len(second))
	}
	for _, list := range [][]string{first, second} {
		seen := map[string]bool{}
		for _, w := range list {
			if seen[w] || strings.ToLower(w) != w {
				t.Errorf("%q is there twice, or not in small letters", w)
			}
			seen[w] = true
		}
	}
}
