package oncall

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/oncall"
	"holdfast/model/plain"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// rota is a schedule of the room as the form changes it: people by name.
type rota struct {
	id  model.ID
	doc oncall.Schedule
}

// scheduleForm makes a schedule, or changes one, and shows the turns that come
// of it before it is agreed on.
type scheduleForm struct {
	act
	retire act
	which  *fyne.Container
	at     model.ID // the schedule that is changed; zero makes one
	base   plan     // what the fields were filled with
	// loading is set while the screen fills the fields.
	loading bool
	shown   []rota // what which shows

	units, second    *form.Choice
	fields           map[string]*form.Input
	intro, rest      *form.Words
	preview, settled *form.Words
	object           *fyne.Container
}

func newScheduleForm(s *Screen) *scheduleForm {
	f := &scheduleForm{
		which: form.Wrap(container.NewHBox()), units: form.NewChoice("Hourly", "Daily", "Weekly", "Two-weekly", "Monthly", "Uneven"),
		second: form.NewChoice("None", "The last primary", "Own order"), fields: map[string]*form.Input{},
		intro: form.NewWords("", form.Quiet), rest: form.NewWords("", form.Quiet), preview: form.NewWords("", form.Plain), settled: form.Caption("What comes of it"),
	}
	send := func() { f.submit() }
	f.act = newAct(s, "Make schedule", send)
	f.retire = newAct(s, "Take out of use", f.end)
	f.retire.button.SetHint("")
	for _, q := range [...]struct{ name, label, help string }{
		{"name", "Name", "Such as Platform"},
		{"zone", "Time zone", "Such as Europe/Berlin"},
		{"people", "Primary, in their order", "Names with commas; the first begins"},
		{"every", "A turn lasts", ""},
		{"handoff", "Hand-off", ""},
		{"lengths", "Ends of the shifts", "Days after it begins, and the time: 4 17:00, 3 10:00"},
		{"start", "First day", "Empty: the last hand-off"},
		{"end", "Over on", "Empty: never"},
		{"hours", "Only in these hours", "Empty: always. Such as 08:00-20:00 mon tue; 10:00-16:00 sat"},
		{"second", "Secondary, in their order", "Names with commas; the same turns"},
		{"reason", "Why", "For the record; needed to take it out of use"},
	} {
		i := s.input(q.label, q.help, send)
		i.Entry.OnChanged = func(string) {
			i.Wrong("")
			if !f.loading {
				f.look()
			}
		}
		f.fields[q.name] = i
	}
	f.units.OnChange, f.second.OnChange = func(int) { f.look() }, func(int) { f.look() }
	f.units.OnKey(s.escape)
	f.second.OnKey(s.escape)
	in := f.fields
	f.object = form.Stack(8,
		f.which, f.intro, form.Beside(0.5, in["name"], in["zone"]), in["people"], form.NewWords("Turns", form.Quiet), f.units.Object,
		form.Beside(0.4, in["every"], in["handoff"]), in["lengths"], form.NewWords("Secondary", form.Quiet), f.second.Object, in["second"],
		form.Beside(0.5, in["start"], in["end"]), in["hours"], f.rest, f.settled, f.preview, in["reason"])
	f.putBelow(form.Buttons(f.button, f.retire.button), f.says, f.retire.says)
	f.fill(f.fresh())
	return f
}

func (f *scheduleForm) content() fyne.CanvasObject { return f.object }
func (f *scheduleForm) first() fyne.Focusable      { return f.fields["name"].Entry }

// fresh is the usual schedule, to begin with.
func (f *scheduleForm) fresh() plan {
	return plan{zone: zoneName(f.screen.host.Zone()), unit: oncall.UnitWeekly, every: "1", handoff: "Mon 10:00", secondary: secondFollows}
}

func zoneName(zone *time.Location) string {
	if name := zone.String(); name != "Local" {
		return name
	}
	return "UTC"
}

// typed is what the fields say.
func (f *scheduleForm) typed() plan {
	t := func(name string) string { return f.fields[name].Text() }
	return plan{
		name: t("name"), zone: t("zone"), start: t("start"), end: t("end"), unit: unitNames[f.units.At()], every: t("every"), handoff: t("handoff"),
		lengths: t("lengths"), hours: t("hours"), people: t("people"), secondary: f.second.At(), second: t("second"),
	}
}

// fill puts a plan into the fields; draw shows what comes of it.
func (f *scheduleForm) fill(p plan) {
	f.base, f.loading = p, true
	for name, words := range map[string]string{
		"name": p.name, "zone": p.zone, "start": p.start, "end": p.end, "every": p.every, "handoff": p.handoff, "lengths": p.lengths, "hours": p.hours,
		"people": p.people, "second": p.second,
	} {
		f.fields[name].Offer(words)
		f.fields[name].Wrong("")
	}
	f.fields["reason"].Fill("")
	f.units.Choose(max(slices.Index(unitNames[:], p.unit), 0))
	f.second.Choose(p.secondary)
	f.loading = false
}

// chosen is the schedule that is changed; false makes one.
func (f *scheduleForm) chosen() (rota, bool) {
	for _, r := range f.screen.content.rotas {
		if r.id == f.at {
			return r, true
		}
	}
	return rota{}, false
}

// choose goes to another schedule; the zero id makes one.
func (f *scheduleForm) choose(id model.ID) {
	f.at = id
	f.says.Set("", form.Plain)
	f.retire.says.Set("", form.Plain)
	if r, ok := f.chosen(); ok {
		f.fill(planOf(r.doc))
	} else {
		f.fill(f.fresh())
	}
	f.draw()
	f.screen.object.Refresh()
}

// draw takes over what the room has; a plan that is being typed stays.
func (f *scheduleForm) draw() {
	rotas := f.screen.content.rotas
	if !slices.EqualFunc(rotas, f.shown, func(a, b rota) bool { return a.id == b.id && a.doc.Name == b.doc.Name }) || len(f.which.Objects) == 0 {
		f.shown = rotas
		f.which.Objects = nil
		for _, r := range append([]rota{{}}, rotas...) {
			chip := part.NewChip("", "")
			chip.OnKey = f.screen.escape
			chip.OnChange = func(bool) { f.choose(r.id) }
			f.which.Add(chip)
		}
	}
	for i, r := range append([]rota{{}}, rotas...) {
		word := "New"
		if !r.id.Zero() {
			word = short(text.Line(r.doc.Name), maxName)
		}
		f.which.Objects[i].(*part.Chip).Set(word, "", r.id == f.at)
	}
	r, changes := f.chosen()
	if !changes && !f.at.Zero() { // it was taken out of use
		f.at = model.ID{}
		f.fill(f.fresh())
	}
	if now := planOf(r.doc); changes && now != f.base && f.typed() == f.base {
		f.fill(now)
	}
	word, intro := "Make schedule", "Says who is paged. The usual one: a week each as primary, and the last primary is secondary."
	if changes {
		word, intro = "Save schedule", "Overrides, swaps and leave stay, where they still fit."
	}
	f.button.SetText(word)
	f.intro.Set(intro, form.Quiet)
	f.rest.Set(beyond(r.doc), form.Quiet)
	form.Show(f.retire.button, changes)
	form.Show(f.fields["reason"], changes)
	f.look()
}

// look shows the fields of the kind of turn, and what comes of the plan.
func (f *scheduleForm) look() {
	p := f.typed()
	every, hand := "weeks", "Weekday and time: Mon 10:00"
	switch p.unit {
	case oncall.UnitHourly:
		every, hand = "hours", "Of the first turn, such as 08:00"
	case oncall.UnitDaily:
		every, hand = "days", "Time: 10:00"
	case oncall.UnitTwoWeekly:
		every = "times two weeks"
	case oncall.UnitMonthly:
		every, hand = "months", "Day and time: 1 10:00"
	case oncall.UnitUneven:
		every, hand = "1 for uneven turns", "Of the first shift, such as 10:00"
	}
	f.fields["every"].Say("How many " + every)
	if p.unit == oncall.UnitUneven {
		f.fields["every"].Say(every)
	}
	f.fields["handoff"].Say(hand)
	form.Show(f.fields["lengths"], p.unit == oncall.UnitUneven)
	form.Show(f.fields["second"], p.secondary == secondOwn)
	f.preview.Set(f.turns(p))
	f.screen.object.Refresh()
}

// maxTurns is how many turns of a layer are shown before they are agreed on.
const maxTurns = 3

// turns says who is on call now and next by a plan.
func (f *scheduleForm) turns(p plan) (string, form.Tone) {
	r, _ := f.chosen()
	now := f.screen.host.Now()
	doc, err := p.onto(r.doc, now)
	if err != nil {
		return "Fill in the fields. " + err.Error() + ".", form.Quiet
	}
	made, err := oncall.New(doc)
	if err != nil {
		return why(err), form.Warn
	}
	ahead := map[string]time.Duration{oncall.UnitHourly: 8 * 24 * time.Hour, oncall.UnitDaily: 30 * 24 * time.Hour, oncall.UnitMonthly: oncall.MaxTurn}[p.unit]
	if ahead == 0 {
		ahead = 120 * 24 * time.Hour
	}
	zone := f.screen.host.Zone()
	seen, lines := map[string]int{}, []string{}
	for _, x := range made.Shifts(now, now.Add(ahead)) {
		if seen[x.Layer]++; seen[x.Layer] <= maxTurns {
			lines = append(lines, plain.Capital(x.Layer)+": "+text.Line(x.Person)+", "+stampOf(x.From, zone)+" to "+stampOf(x.Until, zone))
		}
	}
	if len(lines) == 0 {
		return "Nobody is on call in the time that comes: look at the first day and the hours.", form.Warn
	}
	return strings.Join(lines, "\n"), form.Plain
}

// why is the first thing that is wrong with a document.
func why(err error) string {
	words := strings.TrimLeft(strings.TrimPrefix(err.Error(), oncall.ErrInvalid.Error()), ":; \n")
	words = strings.TrimPrefix(words, "nothing was changed:")
	first, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
	return plain.Capital(text.Line(first)) + "."
}

func (f *scheduleForm) submit() bool {
	r, changes := f.chosen()
	p := f.typed()
	doc, err := p.onto(r.doc, f.screen.host.Now())
	if wrong := (*mistake)(nil); errors.As(err, &wrong) {
		f.fields[wrong.field].Wrong(wrong.why)
		f.screen.host.Focus(f.fields[wrong.field].Entry)
		return true
	}
	b, err := json.Marshal(doc)
	if err != nil {
		f.says.Set("Not done: "+err.Error(), form.Wrong)
		return true
	}
	if changes {
		f.do(model.SetSchedule{Schedule: f.at.String(), Document: string(b), Reason: f.fields["reason"].Text()}, "The schedule is changed.", func() {
			f.base = p
			f.fields["reason"].Fill("")
		})
		return true
	}
	f.do(model.AddSchedule{Document: string(b)}, "The schedule is in the room.", func() {
		f.fill(f.fresh())
		f.draw()
	})
	return true
}

// end takes the schedule out of use.
func (f *scheduleForm) end() {
	if strings.TrimSpace(f.fields["reason"].Text()) == "" {
		f.fields["reason"].Wrong("Say why it is taken out of use")
		f.screen.host.Focus(f.fields["reason"].Entry)
		return
	}
	r, ok := f.chosen()
	if !ok {
		return
	}
	f.screen.host.Confirm("Take "+text.Line(r.doc.Name)+" out of use?", "Nobody is on call by it any more. It stays in the record.", "Take out of use", func() {
		f.retire.do(model.RetireSchedule{Schedule: f.at.String(), Reason: f.fields["reason"].Text()}, "It is out of use.", nil)
	})
}
