package node

import (
	"context"
	"slices"

	"holdfast/model"
	"holdfast/sync/intake/alert"
	"holdfast/sync/outbox"
)

// alerts are the calls about alerts, for methods.
var alerts = map[string]handler{
	"alerts":       read(func(_ *Room, s *model.State, q ref) (any, error) { return s.AlertViews(q.All), nil }),
	"alerts/of":    read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.AlertSummary(i) })),
	"alert/show":   read(showAlert),
	"alert/routes": read(func(r *Room, s *model.State, _ ref) (any, error) { return s.RouteViews(r.Now()), nil }),
	"alert/import": importAlerts,
	"alert/route":  routeAlert,
}

// AlertImport asks that alerts are taken in as they were told.
type AlertImport struct {
	// Format is one of alert.Formats; empty finds it.
	Format  string `json:"format,omitempty"`
	Content []byte `json:"content"`
	// Incident is the one they belong to; may be empty.
	Incident string `json:"incident,omitempty"`
	DryRun   bool   `json:"dry_run,omitempty"`
}

// AlertReport says what taking in did, or would do.
type AlertReport struct {
	Format string `json:"format"`
	// Alerts were read; New were not here before, Known change nothing.
	Alerts   int      `json:"alerts"`
	New      int      `json:"new"`
	Known    int      `json:"known"`
	Warnings []string `json:"warnings"`
	DryRun   bool     `json:"dry_run"`
}

func showAlert(_ *Room, s *model.State, q ref) (any, error) {
	a, err := s.FindAlert(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.AlertDetail(a), nil
}

// routeAlert passes an alert on and, where nothing else delivers, sends at once.
func routeAlert(r *request) (any, error) {
	var q struct {
		Ref  string   `json:"ref"`
		With []string `json:"with"`
	}
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	done, err := room.RouteAlert(r.ctx, q.Ref, q.With...)
	if err == nil && !r.node.opts.Links {
		room.outbox.Pass(r.ctx, true)
	}
	return done, err
}

// RouteAlert passes an alert, and others in the same message, on over the ways
// of its class that this device has.
func (r *Room) RouteAlert(ctx context.Context, alert string, with ...string) (model.Done, error) {
	command := model.RouteAlert{Alert: alert, With: with}
	for _, way := range [...]string{outbox.ChannelChat, outbox.ChannelMail, outbox.ChannelTicket} {
		if r.outbox.Has(way) {
			command.Ways = append(command.Ways, way)
		}
	}
	return r.Do(ctx, command)
}

func importAlerts(r *request) (any, error) {
	var q AlertImport
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.ImportAlerts(r.ctx, q)
}

// ImportAlerts takes alerts in as they were told, as TakeAlerts does.
func (r *Room) ImportAlerts(ctx context.Context, q AlertImport) (AlertReport, error) {
	batch, err := alert.Read(q.Format, q.Content, r.Now())
	if err != nil {
		return AlertReport{}, err
	}
	return r.TakeAlerts(ctx, batch, model.ViaImport, q.Incident, q.DryRun)
}

// TakeAlerts writes what was read, in commits a room takes. What is here already
// is left alone, so it can be repeated, and goes on where it broke off.
func (r *Room) TakeAlerts(ctx context.Context, batch alert.Batch, via, incident string, dry bool) (AlertReport, error) {
	report := AlertReport{Format: batch.Format, Alerts: len(batch.Facts), Warnings: append([]string{}, batch.Warnings...), DryRun: dry}
	r.View(func(s *model.State) { report.New, report.Known = s.Untaken(batch.Facts) })
	if dry {
		return report, nil
	}
	for part := range slices.Chunk(batch.Facts, model.MaxAlerts) {
		if _, err := r.Do(ctx, model.TakeAlerts{Alerts: part, Via: via, Incident: incident}); err != nil {
			return report, err
		}
	}
	return report, nil
}
