package board

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/ui/fynex"
	"holdfast/ui/screen"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// draftDeclare is the name under which the declare line is kept.
const draftDeclare = "board.declare"

// declareHint is the example under the empty line.
const declareHint = "Severity, what is broken, since when: P0 checkout down for all since 13:58"

// drillHint is the same for an exercise.
const drillHint = "A title, or a scenario: gitlab-2017-01-31-database. Since 13:58 scores the declaring too. Marked DRILL; no message leaves the room"

// declarePanel is the line that opens an incident.
type declarePanel struct {
	board  *Screen
	entry  *fynex.Entry
	says   *item.Note
	object *fyne.Container
	title  *widget.Label
	busy   bool
	drill  bool   // what is declared is an exercise
	alert  *alert // what it is declared from
}

func newDeclarePanel(b *Screen) *declarePanel {
	d := &declarePanel{board: b, entry: fynex.NewEntry(), says: item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true)}
	d.entry.SetPlaceHolder("P0 checkout down for all since 13:58")
	d.says.Set(declareHint, theme.ColorMuted)
	d.entry.OnChanged = d.typed
	d.entry.OnKey = d.key
	d.title = widget.NewLabelWithStyle("Declare an incident", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	d.object = container.NewVBox(d.title, d.entry, d.says)
	d.object.Hide()
	return d
}

// from shows the panel with what an alert says. The draft of another incident
// stays as it is.
func (d *declarePanel) from(l alert) {
	d.drill, d.alert = false, &l
	of := " of " + l.source
	if l.source == model.SourceByHand {
		of = " written down by hand"
	}
	d.title.SetText("Declare an incident from " + text.Count(l.count(), "alert", "alerts") + of)
	d.entry.SetText(model.Severities[l.severity] + " " + l.what)
	d.show()
}

// open shows the panel, with what was typed before.
func (d *declarePanel) open(drill bool) {
	d.leaveAlert()
	d.drill = drill
	if drill {
		d.title.SetText("Start a drill")
	} else {
		d.title.SetText("Declare an incident")
	}
	if kept := d.board.host.Drafted(draftDeclare); kept != "" && d.entry.Text == "" {
		d.entry.SetText(kept)
	}
	d.show()
}

// leaveAlert forgets the alert, and the line that it filled in.
func (d *declarePanel) leaveAlert() {
	if d.alert != nil {
		d.entry.SetText("") // while the draft is not the alert's
		d.alert = nil
	}
}

func (d *declarePanel) show() {
	d.entry.CursorColumn = len([]rune(d.entry.Text))
	d.tell(d.entry.Text)
	d.object.Show()
	d.board.arrange()
	d.board.host.Focus(d.entry)
}

// close hides the panel. What was typed is kept.
func (d *declarePanel) close() {
	d.object.Hide()
	d.board.arrange()
	if d.alert != nil {
		d.leaveAlert()
		if d.board.alerts.visible() {
			d.board.host.Focus(d.board.alerts.list)
			return
		}
	}
	d.board.host.Focus(d.board.list)
}

func (d *declarePanel) key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter:
		d.submit()
	case fyne.KeyEscape:
		d.close()
	default:
		return false
	}
	return true
}

func (d *declarePanel) typed(line string) {
	if d.alert == nil {
		d.board.host.Draft(draftDeclare, line)
	}
	d.tell(line)
}

// tell says what Enter will do with a line.
func (d *declarePanel) tell(line string) {
	if strings.TrimSpace(line) == "" {
		hint := declareHint
		if d.drill {
			hint = drillHint
		}
		d.say(hint, theme.ColorMuted)
		return
	}
	in := d.parse(line)
	if in.Title == "" {
		d.say("What is broken is missing, as in "+d.entry.PlaceHolder, theme.Severity(1).Text)
		return
	}
	says := in.Interpretation()
	if in.Severity == "" {
		says = strings.Replace(says, "no severity given", "no severity given, so P1", 1)
	}
	if d.drill {
		says = "DRILL · " + says
	}
	d.say(says, base.ColorNameForeground)
}

func (d *declarePanel) parse(line string) capture.Declare {
	ctx := capture.DefaultContext()
	ctx.Now, ctx.Zone = d.board.host.Now(), d.board.host.Zone()
	return capture.ParseDeclare(line, ctx)
}

// command is what the line comes to.
func (d *declarePanel) command(in capture.Declare) model.Command {
	if d.drill {
		c := model.StartDrill{Title: in.Title, Severity: in.Severity}
		if in.HasStarted {
			c.Noticed = in.Started.At
		}
		all, err := model.Scenarios()
		if err == nil && slices.ContainsFunc(all, func(s model.Scenario) bool { return s.Name == in.Title }) {
			c.Scenario, c.Title = in.Title, ""
		}
		return c
	}
	if d.alert != nil {
		c := model.DeclareAlert{Alert: d.alert.key, With: d.alert.with, Title: in.Title, Severity: in.Severity, Impact: in.Impact}
		if in.HasStarted {
			c.Started = in.Started.At
		}
		return c
	}
	c := model.Declare{Title: in.Title, Severity: in.Severity}
	if in.HasStarted {
		c.Milestones = map[string]time.Time{"started": in.Started.At}
	}
	if in.Impact != "" {
		c.Entries = []model.Log{{Kind: "impact", Text: in.Impact}}
	}
	return c
}

// say sets the line under the box.
func (d *declarePanel) say(words string, colour fyne.ThemeColorName) { d.says.Set(words, colour) }

// submit declares. The line is forgotten only once the incident is durable.
func (d *declarePanel) submit() {
	in := d.parse(d.entry.Text)
	if d.busy || in.Title == "" {
		d.typed(d.entry.Text)
		return
	}
	d.carryOut(d.command(in))
}

func (d *declarePanel) carryOut(c model.Command) {
	d.busy = true
	d.say("Declaring …", base.ColorNameForeground)
	sent := d.entry.Text
	d.board.host.Do(c, func(done model.Done, err error) {
		d.busy = false
		if err != nil {
			d.say("Not declared: "+screen.Refusal(err)+". The line is kept.", theme.Severity(0).Text)
			screen.AskAgain(d.board.host, c, err, d.carryOut)
			return
		}
		if d.entry.Text == sent && d.alert == nil {
			d.entry.SetText("")
		}
		d.close()
		d.board.host.Open(done.ID)
	})
}
