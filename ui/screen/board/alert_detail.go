package board

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// about is all that is known of an alert, copied out of the state.
type about struct {
	id      model.ID
	what    string
	facts   [][]string // name and words
	history [][]string // when, who, what
}

// maxListed is how many of the alerts told with one are named; their number
// tells the rest.
const maxListed = 12

// readAbout copies an alert, and those told with it, out of the state; nil where
// it is gone.
func readAbout(s *model.State, id model.ID, with []string, now time.Time) *about {
	a := s.Alert(id)
	if a == nil {
		return nil
	}
	v := s.AlertDetail(a)
	d := &about{id: id, what: text.Line(v.What)}
	d.signal(v, now)
	d.answers(v)
	d.add("Runbook", v.Runbook)
	d.add("Link", v.Link)
	d.together(s, with)
	for i, pair := range pairs(v.Labels) {
		name := ""
		if i == 0 {
			name = "Labels"
		}
		d.facts = append(d.facts, []string{name, text.Line(pair)})
	}
	for _, e := range v.History {
		d.history = append(d.history, []string{e.At.UTC().Format(time.DateTime), text.Line(e.By), text.Line(e.Text)})
	}
	return d
}

// add states a fact, where there is something to say.
func (d *about) add(name string, words ...string) {
	if said := strings.TrimSpace(strings.Join(words, "")); said != "" {
		d.facts = append(d.facts, []string{name, text.Line(said)})
	}
}

// signal is what the alert itself told.
func (d *about) signal(v model.AlertDetail, now time.Time) {
	d.add("Class", v.Class, ", ", v.Severity)
	d.add("First signal", stamp(v.At), ", ", text.Ago(now.Sub(v.At)))
	d.add("Source", v.Source, " (", viaWords[v.Via], ")")
	d.add("Service", v.Service)
	d.add("Measured", v.Metric)
	d.add("Why it matters", v.Why)
}

// answers is what was done about it, and how often it came.
func (d *about) answers(v model.AlertDetail) {
	if v.AcknowledgeS != nil {
		d.add("Acknowledged", "by ", v.AcknowledgedBy, ", ", spoken(time.Duration(*v.AcknowledgeS)*time.Second), " after the first signal")
	}
	d.add("Incident", strings.Join(v.Incidents, ", "))
	if v.Route != "" {
		d.add("Passed on", "by ", v.Route, ", ", orUnknown(v.RouteResult), " ", v.RouteDetail)
	}
	if !v.EndedAt.IsZero() {
		d.add("Over", stamp(v.EndedAt))
	}
	if v.Episodes > 1 {
		often := text.Count(v.Episodes, "time", "times")
		if v.Flaps > 0 {
			often += ", " + fmt.Sprint(v.Flaps) + " of them within an hour after the end of the one before"
		}
		d.add("Fired", often)
	}
}

// together names the alerts told with one.
func (d *about) together(s *model.State, with []string) {
	for i, key := range with[:min(len(with), maxListed)] {
		id, err := model.ParseID(key)
		other := s.Alert(id)
		if err != nil || other == nil {
			continue
		}
		name, words := "", other.What
		if i == 0 {
			name = "Told with it"
		}
		if other.Why != "" {
			words += ": " + other.Why
		}
		d.facts = append(d.facts, []string{name, text.Line(words)})
	}
	if more := len(with) - maxListed; more > 0 {
		d.facts = append(d.facts, []string{"", "and " + text.Count(more, "more", "more")})
	}
}

// viaWords say how an alert came in.
var viaWords = map[string]string{model.ViaIntake: "by itself", model.ViaImport: "from a file", model.ViaHand: "written down"}

func orUnknown(result string) string {
	if result == "" {
		return "result not known yet"
	}
	return result
}

// stamp writes a time as evidence does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// spoken writes how long something took; below a minute in seconds.
func spoken(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return model.SpeakDuration(d)
}

// pairs breaks labels into one name=value each; a value may hold blanks.
func pairs(labels string) []string {
	var list []string
	for _, word := range strings.Fields(labels) {
		name, _, named := strings.Cut(word, "=")
		if len(list) == 0 || named && name != "" {
			list = append(list, word)
		} else {
			list[len(list)-1] += " " + word
		}
	}
	return list
}

// detail shows one alert: what is known of it, and what became of it.
type detail struct {
	object *container.Scroll
	rows   *fyne.Container
	about  about
}

func newDetail() *detail {
	d := &detail{rows: form.Stack(10)}
	d.object = form.Scroll(form.ClearOfBar(d.rows))
	d.object.Hide()
	return d
}

// Widths of the columns, as shares.
var (
	factWeights    = []float32{1, 4}
	historyWeights = []float32{2, 2, 6}
)

// set shows an alert; what is shown already is left as it is.
func (d *detail) set(a about) {
	if same(d.about, a) {
		return
	}
	if a.id != d.about.id {
		d.object.ScrollToTop()
	}
	d.about = a
	d.rows.Objects = []fyne.CanvasObject{
		form.Heading(a.what),
		form.Stack(5, a.rows()...),
		form.Caption("History"),
		form.Table(historyWeights, []string{"When (UTC)", "Who", "What"}, a.history),
	}
	d.rows.Refresh()
}

// rows are the facts as they are drawn.
func (a *about) rows() []fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(a.facts))
	for i, f := range a.facts {
		rows[i] = form.Row(factWeights, form.NewWords(f[0], form.Quiet), form.NewWords(f[1], form.Plain))
	}
	return rows
}

func same(a, b about) bool { return a.id == b.id && fmt.Sprint(a) == fmt.Sprint(b) }
