package model_test

import (
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
)

func names(missing []model.MissingField) map[string]bool {
	m := map[string]bool{}
	for _, f := range missing {
		m[f.Name] = f.Unknown
	}
	return m
}

func TestAssessmentReadsWhatPeopleFillIn(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := privacy(t, r)
	set := func(name, value string) model.SetBreach {
		return model.SetBreach{Incident: inc, Fields: map[string]string{name: value}}
	}
	for _, c := range []struct{ name, given, kept string }{
		{"people", "5000", "5000"},
		{"people", "5000 - 5037", "5000-5037"},
		{"people", "Unknown", "unknown"},
		{"kind", "Availability, integrity", "availability, integrity"},
		{"role", "Controller", "controller"},
		{"key_safe", "YES", "yes"},
		{"began", "2017-01-31T17:20:00Z", "2017-01-31 17:20 UTC"},
		{"nature", "The database was\nremoved", "The database was\nremoved"},
	} {
		r.As(ana, set(c.name, c.given))
		field := "breach." + map[string]string{"key_safe": "key-safe"}[c.name]
		if field == "breach." {
			field += c.name
		}
		if got := r.State.BreachText(r.Incident(inc), field); got != c.kept {
			t.Errorf("%s %q is kept as %q", c.name, c.given, got)
		}
	}
	for _, c := range []struct{ name, given, says string }{
		{"people", "a few", "1000-1500"},
		{"people", "9-2", "no number"},
		{"people", "-5", "no number"},
		{"kind", "theft", "confidentiality"},
		{"role", "owner", "processor"},
		{"began", "yesterday", "no time"},
		{"colour", "red", "it has: role"},
		{"aware", "2026-03-17T13:00:00Z", "needs its reason"},
		{"ended", "2036-01-01T00:00:00Z", "still to come"},
	} {
		wants(t, r.Refused(ana, set(c.name, c.given)), c.says)
	}
}

func TestNoticeSaysWhatIsMissing(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := privacy(t, r)
	before := names(r.State.MissingFields(r.Incident(inc), model.Art33))
	for _, must := range []string{"role", "controller", "dpo", "kind", "nature", "people", "records", "data", "consequences", "measures", "aware"} {
		if _, ok := before[must]; !ok {
			t.Errorf("Art. 33 does not ask for %s", must)
		}
	}
	if _, ok := before["began"]; ok {
		t.Error("the start is asked for although the log has it")
	}
	if _, ok := names(r.State.MissingFields(r.Incident(inc), model.Art34))["advice"]; !ok {
		t.Error("Art. 34 does not ask for advice")
	}
	r.As(ana, model.SetBreach{Incident: inc, Fields: map[string]string{"people": "unknown", "nature": "Backup and primary were lost"}})
	after := names(r.State.MissingFields(r.Incident(inc), model.Art33))
	if unknown, ok := after["people"]; !ok || !unknown {
		t.Error("an unknown number is not told apart from one nobody looked for")
	}
	if _, ok := after["nature"]; ok {
		t.Error("what was filled in is still missing")
	}
	r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now, Reason: "certain"})
	if got := r.State.BreachText(r.Incident(inc), model.BreachAwareBy); got != "Ana Ruiz (ana): certain" && got != "Ana Ruiz: certain" {
		t.Errorf("the awareness is by %q", got)
	}
}

func TestRiskSheet(t *testing.T) {
	assess := func(levels ...string) (*modeltest.Room, string) {
		r := modeltest.New(t, ana)
		inc := privacy(t, r)
		r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now, Reason: "certain"})
		for i, level := range levels {
			if level != "" {
				r.As(ana, model.AssessRisk{Incident: inc, Factor: model.RiskFactors[i].ID, Level: level, Reason: "so"})
			}
		}
		return r, inc
	}
	low := []string{"low", "low", "low", "low", "low", "low", "low", "low"}
	with := func(i int, level string) []string {
		l := append([]string{}, low...)
		l[i] = level
		return l
	}
	for name, c := range map[string]struct {
		levels []string
		after  time.Duration
		want   string
	}{
		"all low":            {low, 0, model.RiskUnlikely},
		"one medium":         {with(2, "medium"), 0, model.RiskLikely},
		"one high":           {with(7, "high"), 0, model.RiskLikely},
		"sensitive data":     {with(1, "high"), 0, model.RiskHigh},
		"two high":           {append([]string{"high"}, with(7, "high")[1:]...), 0, model.RiskHigh},
		"one open":           {with(3, ""), 0, ""},
		"unknown at 47 h":    {nil, 47 * time.Hour, ""},
		"unknown at 48 h":    {nil, 48 * time.Hour, model.RiskLikely},
		"high before others": {[]string{"", "high"}, 0, model.RiskHigh},
	} {
		r, inc := assess(c.levels...)
		r.Wait(c.after)
		if got := r.State.Risk(r.Incident(inc), r.Now).Proposed; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}

	r, inc := assess(with(1, "high")...)
	wants(t, r.Refused(ana, model.AssessRisk{Incident: inc, Factor: "volume", Level: "low"}), "reason")
	wants(t, r.As(ana, model.DecideRisk{Incident: inc, Result: "unlikely risk", Reason: "test data"}).Note, "the sheet says high risk")
	wants(t, r.As(ana, model.DecideRisk{Incident: inc, Result: "high risk", Reason: "real data"}).Note, "gdpr34")
	r.As(ana, model.SetBreach{Incident: inc, Fields: map[string]string{"encrypted": "yes", "key-safe": "yes", "kind": "confidentiality"}})
	if got := r.State.Risk(r.Incident(inc), r.Now).Proposed; got != model.RiskUnlikely {
		t.Errorf("data nobody can read is %q", got)
	}
	r.As(ana, model.SetBreach{Incident: inc, Fields: map[string]string{"kind": "confidentiality, availability"}})
	if got := r.State.Risk(r.Incident(inc), r.Now).Proposed; got != model.RiskHigh {
		t.Errorf("encrypted data that is lost is %q", got)
	}
}
