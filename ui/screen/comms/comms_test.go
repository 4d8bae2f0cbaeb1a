package comms

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"holdfast/model"
	"holdfast/ui/sample"
	"holdfast/ui/theme"
)

type scene struct {
	t      *testing.T
	story  sample.Story
	host   *sample.Host
	screen *Screen
	window fyne.Window
	now    time.Time
}

func open(t *testing.T) *scene {
	t.Helper()
	story, err := sample.Typical()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LANG", "en_US.UTF-8")
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("comms")
	t.Cleanup(w.Close)
	sc := &scene{t: t, story: story, window: w, now: story.Now}
	sc.host = sample.NewHost(story.Room.Device(2))
	sc.host.Clock = func() time.Time { return sc.now }
	sc.start()
	return sc
}

// start makes the screen anew, as after a crash.
func (sc *scene) start() {
	sc.screen = New(sc.host)
	sc.screen.Self = sc.host.Device.Key
	sc.window.SetContent(sc.screen.Object())
	sc.window.Resize(fyne.NewSize(1204, 660))
	sc.host.Attach(sc.screen)
	sc.screen.Compose(sc.story.Incident, "investigation")
	sc.draw()
}

// draw makes the renderers a window makes on its first frame: a field that was
// never drawn takes no focus. Painting a picture would do the same, slowly.
func (sc *scene) draw() {
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(sc.window.Canvas().Content())
}

// fill types into the field of a name.
func (sc *scene) fill(name, words string) {
	sc.t.Helper()
	in := sc.screen.inputs[name]
	if in == nil {
		sc.t.Fatalf("there is no field %s", name)
	}
	sc.host.Focus(in.Entry)
	test.Type(in.Entry, words)
}

func (sc *scene) fillAll() {
	for _, name := range []string{"trend", "known", "confidence", "data.affected"} {
		sc.fill(name, "same")
	}
}

func (sc *scene) submit() { sc.screen.Run("capture.submit") }

func TestMissingVariableBlocksSending(t *testing.T) {
	sc := open(t)
	for _, name := range []string{"trend", "known", "confidence"} {
		sc.fill(name, "same")
	}
	sc.submit()
	sc.now = sc.now.Add(5 * time.Second)
	sc.submit()
	if len(sc.host.Sent) != 0 || sc.screen.review != nil {
		t.Fatal("a message with a hole is sent or reviewed")
	}
	if got := sc.screen.says.Text(); got != "Missing: Data affected (data.affected)" {
		t.Errorf("says %q", got)
	}
	if !sc.screen.act.Disabled() {
		t.Error("the button can be pressed")
	}
	if sc.window.Canvas().Focused() != fyne.Focusable(sc.screen.inputs["data.affected"].Entry) {
		t.Error("the keyboard is not in the missing field")
	}
}

func TestReviewThenSend(t *testing.T) {
	sc := open(t)
	sc.fillAll()
	sc.submit()
	if sc.screen.review == nil || len(sc.host.Sent) != 0 {
		t.Fatal("the first press does not open the review")
	}
	sc.now = sc.now.Add(300 * time.Millisecond)
	sc.submit()
	if len(sc.host.Sent) != 0 {
		t.Fatal("a bouncing key sends")
	}
	preview := sc.screen.preview.result.Draft
	sc.now = sc.now.Add(time.Second)
	sc.submit()
	if len(sc.host.Sent) != 1 {
		t.Fatalf("%d messages were sent", len(sc.host.Sent))
	}
	newest := sc.screen.content.outbox[0]
	if newest.Body != preview.Body || newest.Subject != preview.Subject || newest.Recipients != 4 {
		t.Errorf("what was queued is not what was reviewed:\n%+v\n%+v", newest, preview)
	}
	s := sc.host.Device.State()
	rows := s.Timeline(s.Incident(sc.story.Incident))
	found := false
	for _, r := range rows {
		found = found || r.Source == model.FromMessage && strings.Contains(r.Text, preview.Body)
	}
	if !found {
		t.Error("the sent text is not in the timeline")
	}
}

func TestTypingEndsTheReview(t *testing.T) {
	sc := open(t)
	sc.fillAll()
	sc.submit()
	sc.fill("known", " and more")
	if sc.screen.review != nil {
		t.Fatal("what is under review can be changed")
	}
}

func TestEscapeGoesBackToWriting(t *testing.T) {
	sc := open(t)
	sc.fillAll()
	sc.submit()
	sc.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if sc.screen.review != nil || len(sc.host.Sent) != 0 {
		t.Error("Escape does not go back")
	}
}

func TestRefusedSendKeepsTheText(t *testing.T) {
	sc := open(t)
	sc.fillAll()
	sc.submit()
	sc.now = sc.now.Add(2 * time.Second)
	sc.host.Refuse = errors.New("write the journal: disk full")
	sc.submit()
	if len(sc.host.Fails) != 1 || !strings.Contains(sc.host.Fails[0], "disk full") {
		t.Errorf("said %q", sc.host.Fails)
	}
	if got := sc.screen.inputs["known"].Text(); got != "same" {
		t.Errorf("the field holds %q", got)
	}
	sc.start()
	if got := sc.screen.inputs["known"].Text(); got != "same" {
		t.Errorf("after a crash the field holds %q", got)
	}
}

func TestDraftsBelongToTheirIncident(t *testing.T) {
	sc := open(t)
	sc.fill("known", "about GitLab")
	sc.screen.Run("go.next")
	if in := sc.screen.inputs["known"]; in != nil && in.Text() != "" {
		t.Fatalf("the other incident has %q", in.Text())
	}
	sc.screen.Compose(sc.story.Incident, "")
	if got := sc.screen.typed; got.Template != "investigation" || got.Fields["known"] != "about GitLab" {
		t.Errorf("back at the first: %+v", got)
	}
	if got := sc.screen.inputs["known"].Text(); got != "about GitLab" {
		t.Errorf("the field holds %q", got)
	}
}

func TestChangesWhileRenderingMakeOneMoreRequest(t *testing.T) {
	sc := open(t)
	sc.host.Hold = true
	sc.fill("known", "a pool pinned to the old writer")
	sc.host.Release()
	if !sc.screen.preview.running {
		t.Fatal("the last change is not rendered")
	}
	sc.host.Hold = false
	sc.host.Release()
	if got := sc.screen.preview.result.Draft.Body; !strings.Contains(got, "a pool pinned to the old writer") {
		t.Errorf("the preview is %q", got)
	}
}

func TestNextUpdateIsRead(t *testing.T) {
	sc := open(t)
	test.Type(sc.screen.next.Entry, "+45m")
	if got := sc.screen.preview.result.Next; got == nil || !got.Equal(sc.now.Add(45*time.Minute)) {
		t.Errorf("promises %v", got)
	}
	if got := sc.screen.request().Fields[nextUpdate]; got != "+45m" {
		t.Errorf("asks for %q", got)
	}
}

func TestOtherChannelsAreCopiedAndLogged(t *testing.T) {
	sc := open(t)
	sc.screen.choose("status-no-news")
	sc.draw()
	for _, name := range sc.screen.preview.result.Missing {
		sc.fill(name, "being checked")
	}
	if why := sc.screen.blocked(); why != "" {
		t.Fatalf("blocked: %s", why)
	}
	sc.submit()
	if len(sc.host.Commands) != 0 {
		t.Fatal("posted before anybody was asked who approved it")
	}
	sc.screen.approval.who.in.Fill("tom")
	sc.submit()
	if len(sc.host.Sent) != 0 {
		t.Fatal("a status post left as mail")
	}
	l, ok := sc.host.Commands[0].(model.TellByHand)
	if !ok || l.Draft.Audience != "public" || l.Draft.Channel != "statuspage" || l.Where != "status page" || l.Approver != "Tom Okafor" || l.Draft.Body != sc.screen.preview.result.Draft.Body || l.Next.IsZero() {
		t.Errorf("recorded %+v", sc.host.Commands)
	}
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, sc.screen.preview.result.Draft.Body) {
		t.Errorf("the clipboard holds %q", got)
	}
}

func TestTemplatesOfThePhaseComeFirst(t *testing.T) {
	templates := shipped()
	for _, phase := range model.Phases {
		c := content{templates: templates, brief: model.IncidentBrief{Phase: phase, State: model.StateOpen}}
		now, others := c.byPhase()
		if len(now) != len(suggested(phase)) {
			t.Errorf("%s: %d of %d suggested templates are shipped", phase, len(now), len(suggested(phase)))
		}
		if len(now)+len(others) != len(templates) {
			t.Errorf("%s: a template is lost", phase)
		}
	}
}

func TestSegmentsMarkWhatIsMissing(t *testing.T) {
	parts := segments("Since {{started}} it fails ({{impact.who}}).", []string{"impact.who", "started"})
	var got []string
	for _, p := range parts {
		mark := ""
		if s, ok := p.(*widget.TextSegment); ok && s.Style.TextStyle.Bold {
			mark = "!"
		}
		got = append(got, mark+p.Textual())
	}
	if want := "Since |!{{started}}| it fails |!({{impact.who}}|)."; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

func TestStatesSayWhatToDo(t *testing.T) {
	for status, want := range map[string]string{
		"unknown": "may have gone", "deferred": "tried again", "failed": "refused", "waiting": "waits for a device", "sent": "took it over",
	} {
		m := sent{MessageView: model.MessageView{Status: status, Detail: "why"}}
		if got := statusHelp(m); !strings.Contains(got, want) {
			t.Errorf("%s: %q", status, got)
		}
	}
}

func TestWhereThereIsNoRoomOneThingIsDoneAtATime(t *testing.T) {
	sc := open(t)
	seen := func() (templates, form bool) {
		return sc.screen.columns.Objects[0].Visible(), sc.screen.columns.Objects[1].Visible()
	}
	if a, b := seen(); !a || !b || sc.screen.pick.Visible() {
		t.Fatal("a wide window does not show all")
	}
	sc.window.Resize(fyne.NewSize(700, 600))
	if a, b := seen(); a || !b || !sc.screen.pick.Visible() {
		t.Fatalf("templates %v, form %v", a, b)
	}
	sc.screen.pick.Press()
	if a, b := seen(); !a || b || sc.window.Canvas().Focused() != fyne.Focusable(sc.screen.rows[0]) {
		t.Errorf("picking: templates %v, form %v", a, b)
	}
	sc.screen.choose("investigation")
	sc.fillAll()
	if a, b := seen(); a || !b {
		t.Errorf("picked: templates %v, form %v", a, b)
	}
	sc.submit()
	if a, b := seen(); a || b {
		t.Errorf("in the review: templates %v, form %v", a, b)
	}
	sc.screen.Run("go.back")
	if a, b := seen(); a || !b {
		t.Errorf("back from it: templates %v, form %v", a, b)
	}
}
