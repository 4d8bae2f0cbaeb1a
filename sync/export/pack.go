package export

import (
	"io"
	"strings"
	"time"

	"holdfast/model"
)

// Pack is what a room prints before it is needed: how to reach people and
// vendors, how to get in, who is on call. It holds no secret, only where one is
// kept.
type Pack struct {
	Room      model.RoomView         `json:"room"`
	PrintedAt time.Time              `json:"printed_at"`
	People    []model.PersonView     `json:"people"`
	Vendors   []model.VendorView     `json:"vendors"`
	Access    []model.AccessView     `json:"access"`
	OnCall    []model.DutyView       `json:"on_call"`
	Schedules []model.ScheduleView   `json:"schedules"`
	Handoffs  []model.HandoffView    `json:"handoffs"`
	Warnings  []model.ContactWarning `json:"warnings"`
}

// BuildPack takes a pack from the state, with the shifts of the days ahead.
func BuildPack(s *model.State, now time.Time) Pack {
	until := now.Add(model.RotaAhead)
	return Pack{
		Room: s.Summary(now), PrintedAt: now.UTC(), People: s.PersonViews(), Vendors: s.VendorViews(), Access: s.AccessViews(now),
		OnCall: s.DutyViews(now), Schedules: s.ScheduleViews(now, until, now), Handoffs: s.HandoffViews(now, now), Warnings: s.ContactWarnings(now),
	}
}

// blankRows is how many lines a blank form of a printed page has.
const blankRows = 20

// WritePack writes a pack as one Markdown file, to be printed and put beside
// the telephone.
func WritePack(w io.Writer, p Pack) error {
	r := &report{}
	r.line("# %s: contacts, access and on call", inline(p.Room.Name))
	r.line("\nPrinted %s. Times are UTC. Print it again after each change of shift.\n", stamp(p.PrintedAt))
	r.line("No password, pin or key is on this sheet, and none belongs on it: it says where they are sealed.")
	r.onCall(p)
	r.contacts(p)
	r.vendors(p.Vendors)
	r.access(p.Access)
	r.tree(p)
	r.line("\n## Activity log (form 214)\n\nIncident: ______________  Prepared by: ______________\n\n| time (UTC) | by | activity |\n|---|---|---|")
	r.WriteString(strings.Repeat("|  |  |  |\n", blankRows))
	_, err := w.Write(r.Bytes())
	return err
}

func (r *report) onCall(p Pack) {
	r.line("\n## On call\n")
	if len(p.OnCall) == 0 {
		r.line("No schedule is in the room.")
	}
	for _, d := range p.OnCall {
		r.line("- %s, %s: %s%s", inline(d.Schedule), inline(d.Layer), named(d.Person, "nobody"), until(d.Until))
		for _, w := range d.Ways {
			r.line("    - %s: %s", wayName(w.Way), inline(w.Value))
		}
	}
	for _, h := range p.Handoffs {
		for _, n := range h.Notes {
			r.line("- Hand-off of %s, %s: %s", inline(h.Layer), n.Title, inline(n.Text))
		}
	}
	for _, s := range p.Schedules {
		r.line("\n### Shifts of %s\n\n| layer | person | from | until | why |\n|---|---|---|---|---|", inline(s.Name))
		for _, x := range s.Shifts {
			r.line("| %s | %s | %s | %s | %s |", inline(x.Layer), inline(x.Person), stamp(x.From), stamp(x.Until), inline(strings.TrimSpace(x.Why+" "+x.Reason)))
		}
		for _, text := range s.Problems {
			r.line("\n%s", inline(text))
		}
	}
}

func named(name, fallback string) string {
	if name == "" {
		return fallback
	}
	return inline(name)
}

func until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " until " + stamp(t)
}

func wayName(way string) string {
	name := strings.ReplaceAll(way, "_", " ")
	return strings.ToUpper(name[:1]) + name[1:]
}

func (r *report) contacts(p Pack) {
	r.line("\n## People\n")
	for _, v := range p.People {
		if v.Left != "" && v.Left <= p.PrintedAt.Format(time.DateOnly) {
			continue
		}
		what := strings.Join(slicesOf(v.Title, v.Team, v.Zone), ", ")
		r.line("- **%s**%s", inline(v.Name), before(", ", what))
		for _, w := range v.Ways {
			own := ""
			if w.Own {
				own = " (outside company systems)"
			}
			r.line("    - %s: %s%s", wayName(w.Way), inline(w.Value), own)
		}
		for _, f := range []struct{ name, text string }{{"Manager", v.Manager}, {"Skills", v.Skills}, {"In an emergency", v.Note}} {
			if f.text != "" {
				r.line("    - %s: %s", f.name, inline(f.text))
			}
		}
	}
	for i, w := range p.Warnings {
		if i == 0 {
			r.line("\nTo be mended:\n")
		}
		r.line("- %s: %s", inline(w.Person), w.What)
	}
}

func slicesOf(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

func before(sep, text string) string {
	if text == "" {
		return ""
	}
	return sep + inline(text)
}

func (r *report) vendors(list []model.VendorView) {
	r.line("\n## Vendors\n")
	if len(list) == 0 {
		r.line("None is recorded.")
	}
	for _, v := range list {
		r.line("- **%s**%s", inline(v.Name), before(", ", v.Service))
		for _, f := range []struct{ name, text string }{
			{"Support phone", v.Phone},
			{"Escalation", v.Escalation},
			{"Portal", v.Portal},
			{"Contract", strings.Join(slicesOf(v.Contract, v.Level), ", ")},
			{"Customer number", v.Customer},
			{"Accounts", v.Accounts},
			{"Hours", v.Hours},
			{"Note", v.Note},
		} {
			if f.text != "" {
				r.line("    - %s: %s", f.name, inline(f.text))
			}
		}
		for _, text := range v.Warnings {
			r.line("    - Missing: %s", text)
		}
	}
}

func (r *report) access(list []model.AccessView) {
	r.line("\n## Access\n")
	if len(list) == 0 {
		r.line("Nothing is recorded.")
		return
	}
	r.line("| what | kind | where | who opens | contact | last test | to be mended |\n|---|---|---|---|---|---|---|")
	for _, v := range list {
		tested := "never"
		if !v.TestedAt.IsZero() {
			tested = v.TestedAt.Format(time.DateOnly)
		}
		r.line("| %s | %s | %s | %s | %s | %s | %s |", inline(v.Name), inline(v.Kind), inline(v.Where), inline(v.Openers),
			inline(strings.Join(slicesOf(v.Contact, v.Phone), ", ")), tested, inline(strings.Join(v.Warnings, "; ")))
	}
}

// tree is the phone tree: each calls two and reports to the deputy.
func (r *report) tree(p Pack) {
	r.line("\n## Phone tree\n\nEach calls two and reports to the deputy within 10 minutes. Write down every try.\n")
	r.line("| caller | calls | number | time | result |\n|---|---|---|---|---|")
	var list []model.PersonView
	for _, v := range p.People {
		if len(v.Ways) > 0 && (v.Left == "" || v.Left > p.PrintedAt.Format(time.DateOnly)) {
			list = append(list, v)
		}
	}
	for i, v := range list {
		caller := "Deputy"
		if i > 0 {
			caller = inline(list[(i-1)/2].Name)
		}
		var numbers []string
		for _, w := range v.Ways {
			if w.Way == model.PersonPhone || w.Way == model.PersonPrivatePhone || w.Way == model.PersonSecondPhone {
				numbers = append(numbers, w.Value)
			}
		}
		r.line("| %s | %s | %s |  |  |", caller, inline(v.Name), inline(strings.Join(numbers, " or ")))
	}
}
