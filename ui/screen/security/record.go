package security

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// unsealedLines stand where an incident has no security type: its record is
// not switched on.
func unsealedLines() []line {
	l := head("record", "No security record", "the incident has no security type", actHold)
	l.whole = []fact{{"", "This incident has no security type. Set its type to Security Breach on the incident screen to keep steps, evidence and indicators; what is at the right needs no type."}}
	return []line{l}
}

// planLines are the minute plan of a breach, counted from the awareness.
func planLines(b model.BreachView, breach bool, now time.Time) []line {
	if !breach {
		return nil
	}
	done := 0
	var all []line
	for _, s := range b.Steps {
		l := line{key: s.ID, acts: []act{actPlanned, actNotPlanned}}
		l.SheetRow = part.SheetRow{ID: "plan." + s.ID, Mark: "open", Tone: part.SheetPlain, Label: text.Line(s.Text)}
		if s.Done {
			done++
			l.Mark, l.Tone = "done", part.SheetWell
		} else if s.State == model.StepOnClock {
			l.Label += ": " + s.State
		} else if !s.DueAt.IsZero() {
			l.due = s.DueAt
		}
		l.whole = told(fact{"", text.Line(s.Text)}, fact{"Who", text.Line(s.Who)}, fact{"Due", full(s.DueAt)})
		all = append(all, l)
	}
	h := head("plan", "Minute plan of the breach", fmt.Sprintf("%d of %d done, counted from the awareness", done, len(b.Steps)))
	return append([]line{h}, all...)
}

// recordLines are what is known of the intrusion and what was done about it.
func (c *content) recordLines(now time.Time) []line {
	v := c.security
	all := stepLines(v, now)
	all = append(all, attackLines(v.Attack)...)
	all = append(all, indicatorLines(v.Indicators)...)
	all = append(all, evidenceLines(v.Evidence)...)
	all = append(all, credentialLines(v.Credentials)...)
	all = append(all, systemLines(v.Systems)...)
	return append(all, decisionLines(v)...)
}

func stepLines(v model.SecurityView, now time.Time) []line {
	done := 0
	var all []line
	for _, s := range v.Steps {
		l := line{key: s.ID, acts: []act{actTick, actSkip}}
		l.SheetRow = part.SheetRow{ID: "step." + s.ID, Mark: s.State, Label: s.Text, Bold: s.Seed != ""}
		switch {
		case s.State != model.StepOpen:
			done++
			l.Meta, l.Tone, l.acts = text.Signed(s.By, s.At, now), part.SheetWell, []act{actUntick}
			if s.State != model.StepDone {
				l.Tone = part.SheetQuiet
			}
		case s.Required:
			l.Tone, l.Meta = part.SheetPlain, "required"
		}
		need := "optional"
		if s.Required {
			need = "required"
		}
		if s.Within > 0 {
			need += fmt.Sprintf(", within %s of the declaration", strings.TrimSuffix(strings.TrimSuffix(s.Within.String(), "0s"), "0m"))
		}
		l.whole = told(fact{"", s.Text}, fact{"Response plan", s.Seed}, fact{"Needed", need},
			fact{"Stands", joined(s.State, text.Line(s.By), full(s.At))}, fact{"Note", text.Block(s.Note)})
		all = append(all, l)
	}
	h := head("steps", "Steps", fmt.Sprintf("%d of %d done; bold: of the response plan", done, len(v.Steps)), actHold, actRoom)
	h.whole = []fact{{"", "The commander decides the order; some steps run side by side."}, {"Never", strings.Join(v.Never, "; ") + "."}}
	return append([]line{h}, all...)
}

func attackLines(a model.AttackView) []line {
	h := head("attack", "Intruder", "dwell "+model.DwellText(a.DwellS), actAttack, actAttackTimes)
	h.whole = told(fact{"", "What the intruder did, apart from what was done about it. Times are UTC."},
		fact{"Dwell time", model.DwellText(a.DwellS) + " before anybody noticed"}, fact{"Present", model.DwellText(a.PresentS) + " to the last trace"},
		fact{"Entry", full(a.Entered)}, fact{"Spread", full(a.Spread)}, fact{"Last seen", full(a.LastSeen)})
	if a.OffsetS != 0 {
		h.whole = append(h.whole, fact{"Their clock", strconv.FormatFloat(a.OffsetS, 'f', -1, 64) + " s ahead of true time; corrected"})
	}
	all := []line{h}
	for _, p := range []struct {
		label string
		at    time.Time
	}{{"Entry", a.Entered}, {"Spread", a.Spread}, {"Last seen", a.LastSeen}} {
		l := line{acts: []act{actAttackTimes}, whole: []fact{{p.label, full(p.at)}}}
		l.SheetRow = part.SheetRow{ID: "attack." + p.label, Mark: moment(p.at), Label: p.label, Bold: true, Tone: part.SheetPlain}
		if p.at.IsZero() {
			l.Mark, l.Tone, l.whole = "not known", part.SheetWarn, []fact{{p.label, "not known yet"}}
		}
		all = append(all, l)
	}
	for _, r := range a.Rows {
		l := line{acts: []act{actAttack}}
		l.SheetRow = part.SheetRow{ID: "attack." + r.ID.String(), Mark: moment(r.At), Label: text.Line(r.Text)}
		l.whole = told(fact{"", text.Block(r.Text)}, fact{"At", full(r.At)}, fact{"Written by", text.Line(r.Author)})
		all = append(all, l)
	}
	return all
}

func indicatorLines(list []model.IndicatorView) []line {
	h := head("indicators", "Indicators", counted(len(list), "written defanged, so that nobody opens one by a slip"), actIndicator)
	all := []line{h}
	for _, i := range list {
		l := line{key: i.ID.String(), acts: []act{actSeen, actIndicator}}
		l.SheetRow = part.SheetRow{ID: i.ID.String(), Mark: i.Kind, Label: text.Line(i.Shown), Text: text.Line(i.Note)}
		if !i.Last.IsZero() {
			l.Meta = "last " + moment(i.Last)
		}
		l.whole = told(fact{i.Kind, text.Line(i.Shown)}, fact{"Note", text.Block(i.Note)}, fact{"Source", text.Block(i.Source)},
			fact{"First seen", full(i.First)}, fact{"Last seen", full(i.Last)}, fact{"Written by", text.Line(i.By) + ", " + full(i.At)})
		all = append(all, l)
	}
	return all
}

func evidenceLines(list []model.EvidenceView) []line {
	all := []line{head("evidence", "Evidence", counted(len(list), ""), actEvidence)}
	for _, e := range list {
		l := line{key: e.ID.String(), acts: []act{actCustody, actEvidence}}
		l.SheetRow = part.SheetRow{ID: e.ID.String(), Mark: text.Line(e.Number), Tone: part.SheetPlain, Label: text.Line(e.What), Text: joined(text.Line(e.System), "with "+text.Line(e.Holder))}
		l.Meta = "no SHA-256"
		l.Urgent = part.SheetWarn
		if e.SHA256 != "" {
			l.Meta, l.Urgent = short(e.SHA256), part.SheetQuiet
		}
		size := ""
		if e.Size > 0 {
			size = bytesText(e.Size)
		}
		l.whole = told(fact{text.Line(e.Number), text.Block(e.What)}, fact{"SHA-256", e.SHA256}, fact{"System", text.Line(e.System)},
			fact{"Kind", e.Kind}, fact{"Collected by", joined(text.Line(e.Collector), text.Line(e.Tool), full(e.Ended))},
			fact{"File", joined(text.Line(e.File), size)}, fact{"Kept", text.Block(e.Store)}, fact{"Write-protected", e.Protected}, fact{"May open it", text.Block(e.Access)},
			fact{"Custody", text.Line(e.Holder) + " has it"})
		for _, k := range e.Custody {
			l.whole = append(l.whole, fact{plain.Capital(k.Act), full(k.At) + ": from " + text.Line(k.From) + " to " + text.Line(k.To) + because(k.Reason)})
		}
		all = append(all, l)
	}
	return all
}

// because puts a reason behind what was done, where one was given.
func because(reason string) string {
	if reason = text.Line(reason); reason != "" {
		return ", for: " + reason
	}
	return ""
}

// bytesText writes a size for people, and the exact one a copy is compared by.
func bytesText(n int64) string {
	exact := text.Number(int(n)) + " bytes"
	for _, u := range []struct {
		name string
		size float64
	}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if float64(n) >= u.size {
			return fmt.Sprintf("%.1f %s (%s)", float64(n)/u.size, u.name, exact)
		}
	}
	return exact
}

// short shows both ends of a digest.
func short(sum string) string {
	if len(sum) < 20 {
		return sum
	}
	return sum[:8] + "…" + sum[len(sum)-4:]
}

func credentialLines(list []model.CredentialView) []line {
	open := 0
	var all []line
	for _, c := range list {
		l := line{key: c.ID.String(), acts: []act{actRotate, actCredential}}
		l.SheetRow = part.SheetRow{ID: c.ID.String(), Label: text.Line(c.Name), Text: joined(text.Line(c.Kind), text.Line(c.Owner))}
		switch {
		case c.Done:
			l.Mark, l.Tone, l.Meta = "verified", part.SheetWell, "refused by "+text.Line(c.Refused)
		case !c.Revoked.IsZero():
			open++
			l.Mark, l.Tone, l.Meta = "rotated", part.SheetWarn, "not yet seen refused"
		default:
			open++
			l.Mark, l.Tone, l.Meta = "live", part.SheetAlarm, "not rotated"
		}
		used := text.Line(c.Used)
		if c.Unused {
			used = joined("believed unused: rotated all the same", used)
		}
		l.whole = told(fact{c.Kind, text.Line(c.Name)}, fact{"Owner", text.Line(c.Owner)}, fact{"Used", used}, fact{"Opens", text.Block(c.Reach)},
			fact{"Exposed", full(c.Exposed)}, fact{"Revoked", full(c.Revoked)}, fact{"New one issued", full(c.Issued)},
			fact{"Old one refused by", text.Line(c.Refused)}, fact{"Effect", text.Block(c.Effect)})
		all = append(all, l)
	}
	words := counted(len(list), "")
	if open > 0 {
		words = fmt.Sprintf("%d of %d not verified", open, len(list))
	}
	return append([]line{head("credentials", "Credentials", words, actCredential)}, all...)
}

func systemLines(list []model.SystemView) []line {
	all := []line{head("systems", "Systems", counted(len(list), "nothing is wiped before its evidence is kept"), actIsolate, actWaive, actWipe)}
	for _, y := range list {
		l := line{key: y.ID.String(), acts: []act{actIsolate}}
		l.SheetRow = part.SheetRow{ID: y.ID.String(), Mark: map[string]string{"isolation": "isolated", "waiver": "waived", "wipe": "wiped"}[y.Act], Label: text.Line(y.System), Text: text.Line(y.How + y.Reason)}
		kept := "evidence is secured"
		if !y.Secured {
			kept = "no image yet: do not wipe"
		}
		if y.Act == "isolation" {
			l.acts = []act{actLift, actEvidenceOf, actWaive, actWipe}
			l.Meta, l.Urgent = "image or waiver kept", part.SheetWell
			if !y.Secured {
				l.Meta, l.Urgent = "NO IMAGE", part.SheetAlarm
			}
			if !y.Lifted.IsZero() {
				l.Mark, l.acts = "lifted", []act{actIsolate}
			}
		}
		l.whole = told(fact{l.Mark, text.Line(y.System)}, fact{"How", text.Block(y.How)}, fact{"Effect", text.Block(y.Effect)}, fact{"Reason", text.Block(y.Reason)},
			fact{"Decided by", text.Line(y.Person)}, fact{"Evidence", kept}, fact{"At", full(y.At)}, fact{"Lifted", full(y.Lifted)}, fact{"Written by", text.Line(y.By)})
		l.key = y.ID.String()
		all = append(all, l)
	}
	return all
}

// decisionLines are the decision sheets and what legal approved.
func decisionLines(v model.SecurityView) []line {
	all := []line{head("decisions", "Decisions", counted(len(v.Sheets)+len(v.Approvals), ""), actSheet, actApprove)}
	for _, d := range v.Sheets {
		l := line{acts: []act{actSheet}, whole: told(fact{d.Topic, text.Block(d.Choice)}, fact{"Options", text.Block(d.Options)}, fact{"Advice", text.Block(d.Advice)}, fact{"Decided by", text.Line(d.Person)}, fact{"At", full(d.At)})}
		l.SheetRow = part.SheetRow{ID: d.ID.String(), Mark: "decided", Label: text.Line(d.Topic), Text: text.Line(d.Choice), Meta: text.Line(d.Person)}
		all = append(all, l)
	}
	for _, a := range v.Approvals {
		l := line{acts: []act{actApprove}, whole: told(fact{"Approved for", a.Audience}, fact{"Text", text.Block(a.Text)}, fact{"By", text.Line(a.Person)}, fact{"At", full(a.At)})}
		l.SheetRow = part.SheetRow{ID: a.ID.String(), Mark: "approved", Tone: part.SheetWell, Label: "Message to " + text.Line(a.Audience), Text: text.Line(a.Text), Meta: text.Line(a.Person)}
		all = append(all, l)
	}
	return all
}

// counted heads a section: how many there are, and what to know of them.
func counted(n int, more string) string {
	if n == 0 {
		return "none yet"
	}
	return joined(strconv.Itoa(n), more)
}
