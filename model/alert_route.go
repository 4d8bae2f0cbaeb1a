package model

import (
	"slices"
	"strings"

	"holdfast/model/policy"
)

// AudienceAlerts is whom an alert that is no incident is passed on to: the chat,
// the queue of tickets, and by mail those the audience names, or else who is
// asked first to acknowledge.
const AudienceAlerts = "alerts"

// RouteAlert passes an alert on over the ways of its class, and records that it
// was, in one commit. The pager is not among them: a class that pages declares
// an incident, and the matrix pages.
type RouteAlert struct {
	Alert string
	// With are further ones that the same message tells of.
	With []string
	// Ways are those that the author can use; others of the class are left out.
	Ways []string
}

// Plan implements Command.
func (c RouteAlert) Plan(p *Planner) (Done, error) {
	a, others, err := p.State.alertsNamed(c.Alert, c.With)
	if err != nil {
		return Done{}, err
	}
	route, ok := p.State.Policy().Route(a.Class)
	switch {
	case !ok:
		return Done{}, refuse("the policy has no routing for class %s; nothing was sent", a.Class)
	case a.Route != "":
		return Done{}, refuse("the alert was passed on by %s already; nothing was sent", a.Route)
	case !a.Waiting():
		return Done{}, refuse("the alert waits no more; nothing was sent")
	}
	var used []string
	for _, way := range route.Ways {
		if !slices.Contains(c.Ways, way) || way == policy.WayPager {
			continue
		}
		draft := p.State.alertText(a, others, route, way)
		if way == policy.WayMail {
			if draft.Recipients = p.alertReaders(route); draft.Recipients == nil {
				continue
			}
		}
		p.add(KindMessageQueued, ID{}, draft)
		used = append(used, way)
	}
	if used == nil {
		return Done{}, refuse("none of %s has an account here; %s. Nothing was sent", strings.Join(route.Ways, ", "), route.Fallback)
	}
	for _, one := range append([]*Alert{a}, others...) {
		p.setAlert(one, AlertRoute, strings.Join(used, ", "), "")
	}
	return Done{ID: a.ID, Note: "passed on by " + strings.Join(used, ", ")}, nil
}

// maxWith is how many further alerts a message names: a line each is read on a
// telephone, and their number tells the rest.
const maxWith = 5

// alertText is what is said of an alert, and of those told with it.
func (s *State) alertText(a *Alert, others []*Alert, route policy.Route, way string) Draft {
	d := Draft{
		Template: "alert:" + a.ID.String(), Audience: AudienceAlerts, Channel: way, Number: 1, Recipients: []Recipient{{Name: way, Address: way}},
		Subject: "[" + strings.ToUpper(a.Class) + "] " + a.What,
	}
	var body []string
	for _, l := range [...]struct{ name, text string }{
		{"Since", a.At.Format("2006-01-02 15:04:05") + " UTC"},
		{"Service", a.Service},
		{"Measured", a.Metric},
		{"Why it matters", a.Why},
		{"Runbook", a.Runbook},
		{"Link", a.Link},
		{"Source", a.Source},
		{"Labels", a.Labels},
	} {
		if l.text != "" {
			body = append(body, l.name+": "+l.text)
		}
	}
	if len(others) > 0 {
		body = append(body, "", "With "+count(len(others), "more alert")+":")
		for _, other := range others[:min(len(others), maxWith)] {
			body = append(body, "- "+strings.Join(lines(strings.Join([]string{other.What, other.Why}, "\n")), ": "))
		}
	}
	if route.Acknowledge.Set {
		body = append(body, "", "To be acknowledged within "+route.Acknowledge.String()+": holdfastctl alert ack "+a.ID.Short(2*minPrefix))
	}
	d.Body = strings.Join(body, "\n")
	return d
}

// alertReaders are the addressees of an alert by mail.
func (p *Planner) alertReaders(route policy.Route) []Recipient {
	if text := p.State.Fields.Text("audience." + AudienceAlerts); text != "" {
		list, _ := ParseRecipients(text)
		return list
	}
	for _, target := range route.Then {
		var list []Recipient
		for _, id := range p.State.Standing(target, p.Now) {
			who := p.State.People[id]
			if p.State.Mailable(id) {
				list = append(list, Recipient{Name: who.Name(), Address: who.Fields.Text("email")})
			}
		}
		if list != nil {
			return list
		}
	}
	return nil
}

// answerRoute records for the alert a message passes on what its delivery came
// to. One way that got through is enough.
func (p *Planner) answerRoute(message ID, o Outcome, detail string) {
	m := p.State.Messages[message]
	id, err := ParseID(strings.TrimPrefix(m.Draft.Template, "alert:"))
	a := p.State.Alert(id)
	if err != nil || a == nil || a.RouteResult == RouteDelivered {
		return
	}
	result := map[Outcome]string{Sent: RouteDelivered, Failed: RouteFailed, Unknown: RouteUnknown}[o]
	if result == "" || result == a.RouteResult {
		return
	}
	p.setAlert(a, AlertRouteResult, result, "")
	p.setAlert(a, AlertRouteDetail, fit(m.Draft.Channel+": "+detail, maxAlertWhy), "")
}
