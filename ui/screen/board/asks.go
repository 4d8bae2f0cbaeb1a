package board

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// draftAsks begins the names under which the forms of the board are kept.
const draftAsks = "board.ask."

// asksWidth holds a form to lines that are read without effort, in units.
const asksWidth = 720

// asks is a form in the place of the lists: an alert written down, or a file
// that is taken in.
type asks struct {
	board  *Screen
	panel  *form.Panel
	object *fyne.Container
	// alerts says that the form is about alerts, took that it brought some: the
	// keyboard goes to them.
	alerts, took bool
}

func newAsks(b *Screen) *asks {
	a := &asks{board: b, panel: form.NewPanel(b.host, draftAsks)}
	a.panel.Foot = form.Stack(8)
	a.panel.OnClose = a.closed
	a.object = form.Footed(form.Scroll(form.ClearOfBar(form.Column(asksWidth, a.panel.Object))), container.New(layout.NewCustomPaddedLayout(0, 0, form.RingRoom, form.RingRoom), a.panel.Foot))
	a.object.Hide()
	return a
}

// run opens the form of a command; false where it is none.
func (a *asks) run(command keys.ID) bool {
	a.alerts = command != "incident.import"
	switch command {
	case "alert.add":
		a.show(a.askAlert())
	case "alert.import":
		a.show(a.askAlerts())
	case "incident.import":
		a.show(a.askIncident(""))
	default:
		return false
	}
	return true
}

// open tells whether a form is shown.
func (a *asks) open() bool { return a.panel.IsOpen() }

// show opens a form in the place of the lists. The line that declares makes way;
// what was typed in it is kept.
func (a *asks) show(q form.Ask) {
	b := a.board
	b.declare.object.Hide()
	a.object.Show()
	a.panel.Open(q)
	b.show(b.host.Now())
	b.arrange()
	a.object.Refresh() // how tall the form is says where its buttons stand
}

// closed brings the lists back, and the keyboard to the one the form was about.
// Alerts that were just written may be drawn later than this.
func (a *asks) closed() {
	b := a.board
	a.object.Hide()
	b.show(b.host.Now())
	b.arrange()
	switch took := a.took; {
	case took, b.alerts.visible() && (a.alerts || len(b.shown) == 0):
		b.host.Focus(b.alerts.list)
	default:
		b.host.Focus(b.list)
	}
	a.took = false
}

// press carries the form out; false where none is open.
func (a *asks) press() bool {
	if !a.open() {
		return false
	}
	a.panel.Press()
	return true
}

// shut leaves the form; false where none is open.
func (a *asks) shut() bool {
	if !a.open() {
		return false
	}
	a.panel.Close()
	return true
}

// refused says that nothing was written, and why.
func refused(err error, reply form.Reply) {
	reply("Not done: "+text.Line(err.Error())+". What you typed is kept.", form.Wrong)
}

// askAlert asks for an alert that a person tells, as somebody who calls does.
func (a *asks) askAlert() form.Ask {
	return form.Ask{
		ID: "alert", Title: "Write down an alert", About: "What somebody told or saw that no system reports by itself. It waits on the board until it is acknowledged, linked or over.",
		Button: "Write down", Doing: "Writing …",
		Questions: []form.Question{
			{Name: "what", Label: "What is wrong"},
			{Name: "why", Label: "Why it matters", Help: "Optional"},
			{Name: "class", Label: "Class", Options: a.board.content.classes, Value: "high"},
			{Name: "service", Label: "Service", Help: "Optional"},
			{Name: "at", Label: "First signal", Help: "14:05, 20 min ago or now", Value: "now"},
			{Name: "source", Label: "Source", Help: "The system, or who, told it", Value: model.SourceByHand},
			{Name: "seen", Label: "Seen first by", Help: "Optional"},
			{Name: "method", Label: "How it was found", Help: "Left empty: " + model.Detections[0]},
			{Name: "metric", Label: "Measured", Help: "Optional"},
			{Name: "link", Label: "Link", Help: "Of the alert or its dashboard; optional"},
			{Name: "runbook", Label: "Runbook", Help: "A link; optional"},
			{Name: "incident", Label: "Incident", Help: "Where it belongs to one, such as INC-7K2M; optional"},
			{Name: "route", Label: "Notified by", Help: "Such as pager; optional"},
			{Name: "result", Label: "Was it delivered", Help: "delivered, failed or unknown; optional"},
			{Name: "acknowledged", Label: "Acknowledged at", Help: "Where somebody has it already"},
			{Name: "by", Label: "Acknowledged by", Help: "Who that is; optional"},
		},
		Do: a.addAlert,
	}
}

func (a *asks) addAlert(q form.Answers, reply form.Reply) {
	f := model.AlertFact{
		What: q["what"], Why: q["why"], Class: q["class"], Service: q["service"], Source: q["source"], Seen: q["seen"], Method: q["method"],
		Metric: q["metric"], Link: q["link"], Runbook: q["runbook"], Route: q["route"], RouteResult: q["result"], AckBy: q["by"],
	}
	if f.What == "" {
		reply("Not done: say what is wrong. What you typed is kept.", form.Wrong)
		return
	}
	var err error
	if f.At, err = a.past(q["at"]); err == nil {
		f.Acknowledged, err = a.past(q["acknowledged"])
	}
	if err != nil {
		refused(err, reply)
		return
	}
	host := a.board.host
	host.Do(model.AlertByHand(f, q["incident"]), func(done model.Done, err error) {
		if err != nil {
			refused(err, reply)
			return
		}
		a.took, a.board.alerts.added = true, done.ID.String()
		reply("", form.Plain)
		says := "The alert is written down: "
		if done.Known {
			says = "The alert is here already: "
		}
		host.Toast(says + text.Line(f.What))
	})
}

// past reads a time that was; no text is none, and now is left to the record.
func (a *asks) past(typed string) (time.Time, error) {
	if typed == "" || typed == "now" {
		return time.Time{}, nil
	}
	m, err := when.Parse(typed, a.board.host.Now(), a.board.host.Zone())
	return m.At, err
}

// maxWarnings is how many of the remarks on a file are told; the rest is counted.
const maxWarnings = 8

// brings tells what a file would bring, with what is remarked on it.
func brings(says string, warnings []string) string {
	lines := []string{says}
	for i, w := range warnings {
		if i == maxWarnings {
			lines = append(lines, fmt.Sprintf("… and %d more remarks.", len(warnings)-i))
			break
		}
		lines = append(lines, "Mind: "+text.Line(w))
	}
	return strings.Join(lines, "\n")
}

// forget drops what was typed into a form whose work is done.
func (a *asks) forget(q form.Ask) {
	for _, f := range q.Questions {
		a.board.host.Draft(draftAsks+q.ID+"."+f.Name, "")
	}
}
