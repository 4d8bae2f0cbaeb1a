package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ClassAlert is an item of the room: one alert of a monitoring system, from its
// first signal until it is over. The same alert that was taken in on both sides
// of a split is two items, and one alert: see alertBook.
const ClassAlert = "alert"

// Fields of an alert. The first four never change: they say which alert it is.
const (
	AlertSource      = "source"      // the system that told it
	AlertFingerprint = "fingerprint" // names the alert at its source, the same each time it fires
	AlertAt          = "at"          // first signal
	AlertVia         = "via"         // one of the Vias: how it came in

	AlertClass       = "class" // of the policy's routing
	AlertWhat        = "what"
	AlertMetric      = "metric"
	AlertWhy         = "why" // why it matters
	AlertRunbook     = "runbook"
	AlertLink        = "link"
	AlertMethod      = "method" // one of Detections
	AlertService     = "service"
	AlertGroup       = "group"  // names what the source tells together
	AlertLabels      = "labels" // name=value, a blank apart
	AlertSeen        = "seen"   // id or name of who saw it first
	AlertAck         = "acknowledged"
	AlertEnded       = "ended"
	AlertRoute       = "route"        // the way it took, as the policy names ways
	AlertRouteResult = "route_result" // one of RouteResults
	AlertRouteDetail = "route_detail"
	// AlertIncident is the incident it belongs to: an id, or empty.
	AlertIncident = "incident"
)

// How an alert came in.
const (
	ViaIntake = "intake" // by itself: machines may act on it
	ViaImport = "import" // from a file or by paste
	ViaHand   = "hand"
)

// Results of the way an alert took.
const (
	RouteDelivered = "delivered"
	RouteFailed    = "failed"
	RouteUnknown   = "unknown"
)

// RouteResults lists what a way out came to.
var RouteResults = [...]string{RouteDelivered, RouteFailed, RouteUnknown}

const (
	// sameSignal is how far apart two first signals of one fingerprint are still
	// one alert, where a source names no time and each side wrote down its own.
	sameSignal = 90 * time.Second
	// flapWithin is how soon after its end an alert that fires again flaps.
	flapWithin = time.Hour
)

// Alert is an alert as all its items together tell it.
type Alert struct {
	// ID is that of the item that was added first, Items are all.
	ID    ID
	Items []ID

	Source, Fingerprint, Via               string
	Class, What, Metric, Why               string
	Runbook, Link, Method, Service, Labels string
	Group, Seen                            string
	At, Recorded                           time.Time
	// Acknowledged is the first acknowledgement, AckBy its person or, where the
	// person is not one of the room, a name.
	Acknowledged time.Time
	AckBy        string
	Ended        time.Time
	// Incidents it was linked to: more than one where that was done apart.
	Incidents []ID
	// Route is the way it took, RouteResult what that came to.
	Route, RouteResult, RouteDetail string
	// Episodes counts the alerts of its fingerprint, Flaps those that fired again
	// within an hour after the one before had ended.
	Episodes, Flaps int

	added Stamp
}

// Waiting reports that nobody has taken the alert up, and it is not over.
func (a *Alert) Waiting() bool {
	return a.Acknowledged.IsZero() && a.Ended.IsZero() && len(a.Incidents) == 0
}

// readAlert reads one item.
func readAlert(id ID, item *Item) *Alert {
	f := item.Fields
	a := &Alert{
		ID: id, Items: []ID{id}, Source: item.Initial(AlertSource), Fingerprint: item.Initial(AlertFingerprint), Via: item.Initial(AlertVia),
		Class: f.Text(AlertClass), What: f.Text(AlertWhat), Metric: f.Text(AlertMetric), Why: f.Text(AlertWhy), Runbook: f.Text(AlertRunbook),
		Link: f.Text(AlertLink), Method: f.Text(AlertMethod), Service: f.Text(AlertService), Labels: f.Text(AlertLabels), Group: f.Text(AlertGroup),
		Seen: f.Text(AlertSeen), Route: f.Text(AlertRoute), RouteResult: f.Text(AlertRouteResult), RouteDetail: f.Text(AlertRouteDetail),
		Recorded: viewMilli(item.Added.Recorded()), added: item.Added,
	}
	if at, ok := item.Added.timeOf(item.Initial(AlertAt)); ok {
		a.At = at
	} else {
		a.At = a.Recorded
	}
	a.Acknowledged, a.AckBy = firstAck(f[AlertAck])
	a.Ended, _ = f.when(AlertEnded)
	if r := f[AlertIncident]; r != nil {
		for _, w := range r.Current() {
			if inc, err := ParseID(w.Value.Text); err == nil && !slices.Contains(a.Incidents, inc) {
				a.Incidents = append(a.Incidents, inc)
			}
		}
	}
	return a
}

// firstAck reads the field: a time, a blank, and who. Of several written apart
// the earliest counts: that is when somebody had it.
func firstAck(r *Field) (at time.Time, by string) {
	if r == nil {
		return at, by
	}
	for _, w := range r.Current() {
		text, who, _ := strings.Cut(w.Value.Text, " ")
		if t, ok := w.Value.Stamp.timeOf(text); ok && (at.IsZero() || t.Before(at) || t.Equal(at) && who < by) {
			at, by = t, who
		}
	}
	return at, by
}

// join takes over what another item of the same alert tells beside.
func (a *Alert) join(b *Alert) {
	a.Items = append(a.Items, b.ID)
	for _, pair := range [...][2]*string{
		{&a.Class, &b.Class},
		{&a.What, &b.What},
		{&a.Metric, &b.Metric},
		{&a.Why, &b.Why},
		{&a.Runbook, &b.Runbook},
		{&a.Link, &b.Link},
		{&a.Method, &b.Method},
		{&a.Service, &b.Service},
		{&a.Labels, &b.Labels},
		{&a.Group, &b.Group},
		{&a.Seen, &b.Seen},
		{&a.Route, &b.Route},
		{&a.RouteResult, &b.RouteResult},
		{&a.RouteDetail, &b.RouteDetail},
	} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	if b.Via == ViaIntake {
		a.Via = ViaIntake
	}
	if !b.Acknowledged.IsZero() && (a.Acknowledged.IsZero() || b.Acknowledged.Before(a.Acknowledged)) {
		a.Acknowledged, a.AckBy = b.Acknowledged, b.AckBy
	}
	if a.Ended.IsZero() || !b.Ended.IsZero() && b.Ended.Before(a.Ended) {
		a.Ended = b.Ended
	}
	for _, inc := range b.Incidents {
		if !slices.Contains(a.Incidents, inc) {
			a.Incidents = append(a.Incidents, inc)
		}
	}
}

// sameAlert reports whether two items of one fingerprint, the first added before
// or at the same signal, are one alert: where the source names the time they
// have it in common, and where each side wrote down its own they are close.
func sameAlert(a, b *Alert) bool {
	return a.At.Equal(b.At) || (a.timeless() || b.timeless()) && b.At.Sub(a.At) <= sameSignal
}

// timeless says that the first signal is when the alert was taken in.
func (a *Alert) timeless() bool { return a.At.Equal(a.Recorded) }

// episodes groups the items of one fingerprint, told in any order, into its
// alerts, by time, and counts how often it fired and flapped.
func episodes(items []*Alert) []*Alert {
	slices.SortFunc(items, func(a, b *Alert) int { return cmp.Or(a.At.Compare(b.At), a.added.Compare(b.added), a.ID.Compare(b.ID)) })
	var list []*Alert
	for i := 0; i < len(items); {
		run := []*Alert{items[i]}
		for i++; i < len(items) && sameAlert(run[0], items[i]); i++ {
			run = append(run, items[i])
		}
		at := run[0].At
		slices.SortFunc(run, func(a, b *Alert) int { return cmp.Or(a.added.Compare(b.added), a.ID.Compare(b.ID)) })
		merged := *run[0]
		merged.Items, merged.Incidents, merged.At = []ID{run[0].ID}, slices.Clone(run[0].Incidents), at
		for _, other := range run[1:] {
			merged.join(other)
		}
		slices.SortFunc(merged.Incidents, ID.Compare)
		list = append(list, &merged)
	}
	flaps := 0
	for i, a := range list {
		if i > 0 && !list[i-1].Ended.IsZero() && a.At.Sub(list[i-1].Ended) <= flapWithin {
			flaps++
		}
	}
	for _, a := range list {
		a.Episodes, a.Flaps = len(list), flaps
	}
	return list
}
