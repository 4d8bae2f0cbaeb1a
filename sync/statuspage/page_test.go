package statuspage_test

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"holdfast/model"
	"holdfast/sync/statuspage"
)

var update = flag.Bool("update", false, "write the golden files")

var at = time.Date(2018, 10, 22, 6, 55, 0, 0, time.UTC)

// wall is a page of the night GitHub's primaries moved, with one that is over.
func wall() model.StatusPage {
	return model.StatusPage{Room: "Database on call", At: at, Incidents: []model.StatusIncident{
		{
			Code: "INC-7K2M", Title: "43 s network cut caused a cross-coast database failover", Severity: model.P0, Phase: "recovery", State: model.StateOpen,
			Since: at.Add(-8*time.Hour - 3*time.Minute), ElapsedS: 8*3600 + 180, Commander: []string{"Ana Ruiz", "Ben Okafor"}, NextUpdateAt: at.Add(-5 * time.Minute),
			Message: &model.StatusMessage{
				Audience: model.AudienceStakeholders, Subject: "P0 INC-7K2M: restores run", SentAt: at.Add(-4 * time.Minute),
				Body: "Some clusters are restored and replicating.\nWebhooks and Pages builds stay paused to protect data.",
			},
		},
		{Code: "INC-9QQ2", Title: "Logs lost", Severity: model.P2, Phase: "triage", State: model.StateOpen, Since: at.Add(-time.Minute), ElapsedS: 60, Commander: []string{}, NextUpdateAt: at.Add(4 * time.Hour), Drill: true},
		{Code: "INC-1AAB", Title: "Disk full", Severity: "P9", Phase: "recovery", State: model.StateResolved, Since: at.Add(-20 * time.Hour), ElapsedS: 3600, Commander: []string{"Ana Ruiz"}},
	}}
}

func public() model.StatusPage {
	p := wall()
	p.Public, p.Incidents = true, p.Incidents[:1]
	i := &p.Incidents[0]
	i.Title, i.Commander, i.Message.Audience = "Elevated errors", []string{}, model.AudiencePublic
	return p
}

func written(t testing.TB, p model.StatusPage) []byte {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := statuspage.Write(&b, p, zone); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPagesAsWritten(t *testing.T) {
	for name, p := range map[string]model.StatusPage{
		"wall": wall(), "public": public(), "quiet": {Room: "SRE", At: at}, "nothing": {Room: "SRE", At: at, Public: true},
	} {
		t.Run(name, func(t *testing.T) {
			path, got := filepath.Join("testdata", name+".html"), written(t, p)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v: the page is not that of %s:\n%s", err, path, got)
			}
		})
	}
}

// shape lists the elements and attributes of a page and gathers what it says.
func shape(t testing.TB, page []byte) (elements []string, text string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode:
			e := n.Data
			for _, a := range n.Attr {
				e += " " + a.Key
			}
			elements = append(elements, e)
		case n.Type == html.TextNode && n.Parent.Data != "style":
			b.WriteString(n.Data)
		}
	}
	return elements, b.String()
}

func TestThePageLoadsAndRunsNothing(t *testing.T) {
	elements, _ := shape(t, written(t, wall()))
	for _, e := range elements {
		name, attributes, _ := strings.Cut(e, " ")
		if slices.Contains([]string{"script", "img", "link", "iframe", "form", "a", "svg", "object"}, name) || strings.Contains(attributes, "style") || strings.Contains(attributes, "on") && name != "meta" {
			t.Errorf("the page has <%s>", e)
		}
	}
	if css := written(t, wall()); bytes.Contains(css, []byte("url(")) || bytes.Contains(css, []byte("@import")) {
		t.Error("the style loads something")
	}
}

// FuzzWhatOthersWroteIsText: nothing that is written in a room adds an element or
// an attribute to the page, and it stands there as it was written.
func FuzzWhatOthersWroteIsText(f *testing.F) {
	for _, s := range []string{
		"</title><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</style><style>*{display:none}", "{{.Page.Room}}", "<!--", "]]>", "&lt;b&gt;",
		"javascript:alert(1)", "\u202egnp.exe", "a\x00b", "\xff", "</textarea><svg/onload=alert(1)>",
	} {
		f.Add(s)
	}
	plainPage := func(s string) model.StatusPage {
		p := wall()
		i := &p.Incidents[0]
		p.Room, i.Title, i.Severity, i.Code, i.Phase, i.State, i.Commander = s, s, s, s, s, s, []string{s}
		i.Message.Subject, i.Message.Body, i.Message.Audience = s, s, s
		return p
	}
	want, _ := shape(f, written(f, plainPage("x")))
	f.Fuzz(func(t *testing.T, s string) {
		page := written(t, plainPage(s))
		got, text := shape(t, page)
		if !slices.Equal(got, want) {
			t.Errorf("%q makes another page:\n%q\nwant\n%q", s, got, want)
		}
		if regexp.MustCompile(`^[a-zA-Z0-9<>"' ]+$`).MatchString(s) && !strings.Contains(text, s) {
			t.Errorf("%q is not on the page as it was written", s)
		}
	})
}

var colour = regexp.MustCompile(`--(bg|fg|dim|loud):#([0-9a-f]{6})`)

// luminance is the relative luminance of a colour, by WCAG 2.2.
func luminance(t *testing.T, hex string) (l float64) {
	t.Helper()
	for n, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[2*n:2*n+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			l += weight * c / 12.92
		} else {
			l += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return l
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestColoursCanBeRead: text has the contrast of WCAG 2.2 AA (4.5) in light, dark
// and print, and the badges have it with their white text.
func TestColoursCanBeRead(t *testing.T) {
	css, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`:root\{[^}]*\}`).FindAllString(string(css), -1)
	if len(blocks) != 3 {
		t.Fatalf("light, dark and print are %d", len(blocks))
	}
	for _, block := range blocks {
		set := map[string]string{}
		for _, m := range colour.FindAllStringSubmatch(block, -1) {
			set[m[1]] = m[2]
		}
		for _, name := range []string{"fg", "dim", "loud"} {
			if c := contrast(t, set[name], set["bg"]); c < 4.5 {
				t.Errorf("%s on the background has contrast %.1f in %s", name, c, block)
			}
		}
	}
	badges := regexp.MustCompile(`background:#([0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1)
	if len(badges) < 5 {
		t.Errorf("there are %d badges", len(badges))
	}
	for _, m := range badges {
		if c := contrast(t, m[1], "ffffff"); c < 4.5 {
			t.Errorf("white on #%s has contrast %.1f", m[1], c)
		}
	}
}
