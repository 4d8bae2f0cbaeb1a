package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/node"
)

// Files stands in for the attachments of a room: it keeps nothing, and says of each
// in turn that it is here, elsewhere, or under way.
type Files struct {
	Device *Device
	// Added, Fetched, Saved and Exported are what was asked for, in order.
	Added          []node.AttachRequest
	Fetched, Saved []string
	Exported       []node.ExportRequest
	// Refuse, where set, is the answer to all of it.
	Refuse error
	// Gate, where set, holds what is asked for back until it is closed.
	Gate chan struct{}
}

// AttachmentsOf gives the attachments with invented places.
func (f *Files) AttachmentsOf(s *model.State, inc *model.Incident) []node.AttachmentStatus {
	var all []node.AttachmentStatus
	for i, v := range s.AttachmentViews(inc) {
		st := node.AttachmentStatus{AttachmentView: v, Parts: int(v.Size/(256<<10)) + 1, State: node.AttachmentHere, Where: "here", Holders: []node.AttachmentHolder{}}
		switch st.Held = st.Parts; {
		case v.By == f.Device.Name || i%4 < 2:
		case i%4 == 2:
			st.State, st.Held, st.Where = node.AttachmentElsewhere, 0, "on "+v.By+"'s laptop"
		default:
			st.State, st.Held = node.AttachmentFetching, st.Parts*2/5
			st.Where = fmt.Sprintf("fetching, %d %%", 100*st.Held/st.Parts)
		}
		all = append(all, st)
	}
	return all
}

func (f *Files) wait(ctx context.Context) error {
	if f.Gate != nil {
		select {
		case <-f.Gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.Refuse
}

// Attach records the file with an invented content.
func (f *Files) Attach(ctx context.Context, q node.AttachRequest, told func(done, size int64)) (model.Done, error) {
	f.Added = append(f.Added, q)
	told(40, 100)
	if err := f.wait(ctx); err != nil {
		return model.Done{}, err
	}
	info, err := os.Stat(q.Path)
	if err != nil {
		return model.Done{}, err
	}
	sum := model.Hash{1, byte(len(f.Added))}
	return f.Device.Do(model.Attach{Incident: q.Incident, Name: filepath.Base(q.Path), Type: "image/png", Size: info.Size(), SHA256: sum, Root: sum, Key: sum})
}

// FetchAttachment notes what was asked for.
func (f *Files) FetchAttachment(ctx context.Context, id string, _ func(here, total int)) error {
	f.Fetched = append(f.Fetched, id)
	return f.wait(ctx)
}

// SaveAttachment notes what was asked for.
func (f *Files) SaveAttachment(ctx context.Context, id, path string, _ func(here, total int)) (node.AttachmentStatus, error) {
	f.Saved = append(f.Saved, id+" "+path)
	return node.AttachmentStatus{}, f.wait(ctx)
}

// ReadAttachment gives a picture of a graph that falls to nothing.
func (f *Files) ReadAttachment(ctx context.Context, _ string, _ int64) ([]byte, error) {
	if err := f.wait(ctx); err != nil {
		return nil, err
	}
	const wide, high = 1200, 500
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	paper, rule, ink := color.RGBA{0xF7, 0xF7, 0xF4, 0xFF}, color.RGBA{0xD8, 0xD8, 0xD2, 0xFF}, color.RGBA{0xB0, 0x2A, 0x1C, 0xFF}
	for x := range wide {
		level := 330 + 40*math.Sin(float64(x)/37) + 14*math.Sin(float64(x)/5)
		if x > 700 {
			level = max(level-float64(x-700)*3, 12)
		}
		for y := range high {
			c := paper
			if y%100 == 50 || x%200 == 0 {
				c = rule
			}
			if math.Abs(float64(high-y)-level) < 3 {
				c = ink
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, errors.Join(errors.New("draw the graph"), err)
	}
	return b.Bytes(), nil
}
