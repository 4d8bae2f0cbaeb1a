package sample

import (
	"bytes"
	"context"
	"os"

	"holdfast/model"
	"holdfast/sync/intake/alert"
	"holdfast/sync/intake/importer"
	"holdfast/sync/node"
)

// Taker takes files in on a device, as the room of a node does where nothing goes
// wrong.
type Taker struct {
	Device *Device
	// Files are read in place of those of the disk.
	Files map[string][]byte
}

func (t Taker) read(path string) ([]byte, error) {
	if b, ok := t.Files[path]; ok {
		return b, nil
	}
	return os.ReadFile(path)
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

// ImportFile declares what a file tells, where it is new to the room.
func (t Taker) ImportFile(_ context.Context, q node.ImportRequest) (node.ImportReport, error) {
	b, err := t.read(q.Path)
	if err != nil {
		return node.ImportReport{}, err
	}
	in, err := importer.IncidentJSON(bytes.NewReader(b))
	if err != nil {
		return node.ImportReport{}, err
	}
	r := node.ImportReport{Title: in.Declare.Title, Entries: in.Entries(), Warnings: in.Warnings, DryRun: q.DryRun}
	if had := t.Device.State().BySource(in.Declare.Source); had != nil {
		r.Incident, r.ID, r.Entries, r.Skipped = had.Code, had.ID, 0, in.Entries()
		return r, nil
	}
	if q.DryRun {
		return r, nil
	}
	done, err := t.Device.Do(in.Declare)
	r.Incident, r.ID, r.Entries, r.Skipped = done.Code, done.ID, len(in.Declare.Entries), in.Entries()-len(in.Declare.Entries)
	return r, err
}
