package importer

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"holdfast/model/when"
)

// statusUpdate is one post of a status page.
type statusUpdate struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	Body      string `json:"body"`
	Created   string `json:"created_at"`
	Displayed string `json:"display_at"` // what readers saw; people correct it
	Affected  []struct {
		Name string `json:"name"`
		Old  string `json:"old_status"`
		New  string `json:"new_status"`
	} `json:"affected_components"` // null where none is named
}

type statusIncident struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Impact     string         `json:"impact"`
	Started    string         `json:"started_at"`
	Monitoring string         `json:"monitoring_at"`
	Resolved   string         `json:"resolved_at"`
	Link       string         `json:"shortlink"`
	Updates    []statusUpdate `json:"incident_updates"`
}

// readStatuspage reads the answer of /api/v2/incidents.json, and of those beside
// it with the same form.
func readStatuspage(b []byte, _ Options) ([]story, error) {
	var f struct {
		Page struct {
			Zone string `json:"time_zone"`
		} `json:"page"`
		Incidents []statusIncident `json:"incidents"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrInvalid, jsonMistake(b, err))
	}
	list := make([]story, len(f.Incidents))
	for n, inc := range f.Incidents {
		inc.tell(&list[n], f.Page.Zone)
	}
	return list, nil
}

func (inc statusIncident) tell(s *story, zone string) {
	s.Declare.Title, s.Declare.Source = inc.Name, Statuspage+":"+inc.ID
	s.Declare.Origin, s.Declare.Zone = inc.Link, zoneOrNone(zone)
	s.grade("Statuspage", inc.Impact)
	s.milestone("started", timeOrZero(inc.Started))
	s.milestone("mitigated", timeOrZero(inc.Monitoring))
	s.milestone("resolved", timeOrZero(inc.Resolved))
	for _, u := range inc.Updates {
		text := sentence(statusWord(u.Status), u.Body)
		for _, c := range u.Affected {
			if c.New != c.Old {
				text += fmt.Sprintf("\n%s: %s, before %s", c.Name, statusWord(c.New), statusWord(c.Old))
			}
		}
		s.stamped("update "+u.ID, either(u.Displayed, u.Created), "communication", text)
	}
}

// googleUpdate is one post about an incident of Google Cloud.
type googleUpdate struct {
	When      string      `json:"when"`
	Text      string      `json:"text"`
	Status    string      `json:"status"`
	Locations []googleRef `json:"affected_locations"`
}

type googleRef struct {
	Title string `json:"title"`
}

type googleIncident struct {
	ID       string         `json:"id"`
	Begin    string         `json:"begin"`
	End      string         `json:"end"` // missing while it is open
	Title    string         `json:"external_desc"`
	Severity string         `json:"severity"`
	Products []googleRef    `json:"affected_products"`
	Updates  []googleUpdate `json:"updates"`
	URI      string         `json:"uri"`
}

// readGoogle reads incidents.json of status.cloud.google.com.
func readGoogle(b []byte, _ Options) ([]story, error) {
	var f []googleIncident
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrInvalid, jsonMistake(b, err))
	}
	list := make([]story, len(f))
	for n, inc := range f {
		inc.tell(&list[n])
	}
	return list, nil
}

func (inc googleIncident) tell(s *story) {
	s.Declare.Title, s.Declare.Source = inc.Title, Google+":"+inc.ID
	if inc.URI != "" {
		s.Declare.Origin = "https://status.cloud.google.com/" + strings.TrimPrefix(inc.URI, "/")
	}
	s.grade("Google", inc.Severity)
	s.milestone("started", timeOrZero(inc.Begin))
	s.milestone("resolved", timeOrZero(inc.End))
	about := titles(inc.Products)
	s.stamped("begin", inc.Begin, "vendor", "Google: "+strings.TrimSpace(about+" begins"))
	for n, u := range inc.Updates {
		text := "Google, " + sentence(statusWord(u.Status), u.Text)
		if where := titles(u.Locations); where != "" {
			text += "\n" + where
		}
		s.stamped(fmt.Sprintf("update %d", n+1), u.When, "vendor", text)
	}
	if inc.End != "" {
		s.stamped("end", inc.End, "vendor", "Google: "+strings.TrimSpace(about+" ends"))
	}
}

func titles(refs []googleRef) string {
	var names []string
	for _, r := range refs {
		if r.Title != "" {
			names = append(names, r.Title)
		}
	}
	return strings.Join(names, ", ")
}

// stamped appends a row with a time in RFC 3339; one whose time cannot be read is
// kept without.
func (s *story) stamped(where, at, kind, text string) {
	if t := timeOrZero(at); !t.IsZero() {
		s.add(where, t, when.Exact, kind, text, "")
		return
	}
	s.add(where, time.Time{}, when.After, kind, text, fmt.Sprintf("%.60q is not a time", at))
}

// timeOrZero reads an RFC 3339 time; zero where it is none, or a slip of the pen.
func timeOrZero(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(text))
	if err != nil || outside(t) {
		return time.Time{}
	}
	return t.UTC()
}

// zoneOrNone gives a zone that this machine knows.
func zoneOrNone(name string) string {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return ""
	}
	return name
}

// statusWord writes degraded_performance and SERVICE_OUTAGE as people do.
func statusWord(word string) string {
	word = strings.ToLower(strings.ReplaceAll(word, "_", " "))
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// sentence puts what is told after its heading.
func sentence(heading, text string) string {
	if heading == "" || text == "" {
		return heading + text
	}
	return heading + ": " + text
}
