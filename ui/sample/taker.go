package sample

import (
	"context"

	"holdfast/model"
	"holdfast/sync/intake/alert"
	"holdfast/sync/node"
)

// Taker takes files in on a device, as the room of a node does where nothing goes
// wrong.
type Taker struct {
	Device *Device
	// Files are read in place of those of the disk.
	Files map[string][]byte
}

// ImportAlerts takes alerts in.
func (t Taker) ImportAlerts(_ context.Context, q node.AlertImport) (node.AlertReport, error) {
	batch, err := alert.Read(q.Format, q.Content, t.Device.Now)
	if err != nil {
		return node.AlertReport{}, err
	}
	r := node.AlertReport{Format: batch.Format, Alerts: len(batch.Facts), Warnings: batch.Warnings, DryRun: q.DryRun}
	if r.New, r.Known = t.Device.State().Untaken(batch.Facts); !q.DryRun {
		_, err = t.Device.Do(model.TakeAlerts{Alerts: batch.Facts, Via: model.ViaImport, Incident: q.Incident})
	}
	return r, err
}

// ImportFile takes over what a file tells.
func (t Taker) ImportFile(ctx context.Context, q node.ImportRequest) (node.ImportReport, error) {
	if b, ok := t.Files[q.Path]; ok {
		q.Content = b
	}
	return node.Import(ctx, importing{t.Device}, q)
}

// importing is a device as a room that takes imports.
type importing struct{ *Device }

func (d importing) View(look func(*model.State)) { look(d.State()) }

func (d importing) Do(_ context.Context, c model.Command) (model.Done, error) { return d.Device.Do(c) }
