package model_test

import (
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest"
)

// screenshot is a file that was read whole, of an incident.
func screenshot(incident string) model.Attach {
	return model.Attach{
		Incident: incident, Name: "/home/ana/Pictures/checkout 500.png", Type: "image/png", Size: 421_337,
		SHA256: model.Hash{1}, Root: model.Hash{2}, Key: model.Hash{3}, Source: "the browser of Ben", Note: "the error page",
	}
}

func TestAttachmentIsRecorded(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	r.As("Ana Ruiz", model.Declare{Title: "Checkout down"})
	line := r.As("Ben Okafor", model.Log{Incident: "Checkout down", Text: "customers see a blank page"})
	attach := screenshot("Checkout down")
	attach.Entry = line.ID.String()
	done := r.As("Ana Ruiz", attach)

	inc := r.Incident("Checkout down")
	views := r.State.AttachmentViews(inc)
	if len(views) != 1 {
		t.Fatalf("%d attachments, want 1", len(views))
	}
	v := views[0]
	if v.ID != done.ID || v.Name != "checkout 500.png" || v.Type != "image/png" || v.Size != 421_337 || v.By != "Ana Ruiz" ||
		v.Source != "the browser of Ben" || v.Entry != line.ID.String() || !strings.HasPrefix(v.SHA256, "01000000") {
		t.Errorf("attachment is %+v", v)
	}
	c, ok := r.State.Content(inc.Items[done.ID])
	if !ok || c.Root != (model.Hash{2}) || c.Key != (model.Hash{3}) || c.Size != 421_337 || c.Device.Zero() {
		t.Errorf("content is %+v, %v", c, ok)
	}
	row := attachmentRow(t, r, done.ID)
	if row.Kind != "attachment" || row.Text != "checkout 500.png, 411 KiB, from the browser of Ben, the error page" || row.Taken {
		t.Errorf("row is %+v", row)
	}
}

func attachmentRow(t *testing.T, r *modeltest.Room, id model.ID) model.Row {
	t.Helper()
	for _, row := range r.State.Timeline(r.Incident("Checkout down")) {
		if row.ID == id {
			return row
		}
	}
	t.Fatal("the timeline does not show the attachment")
	return model.Row{}
}

func TestAttachmentIsTakenBack(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	r.As("Ana Ruiz", model.Declare{Title: "Checkout down"})
	done := r.As("Ana Ruiz", screenshot("Checkout down"))
	if said := r.Refused("Ben Okafor", model.RetractAttachment{Attachment: "Checkout down/checkout 500.png"}); !strings.Contains(said, "reason") {
		t.Errorf("without a reason: %s", said)
	}
	r.As("Ben Okafor", model.RetractAttachment{Attachment: "Checkout down/checkout 500.png", Reason: "shows a customer's card"})
	row := attachmentRow(t, r, done.ID)
	if !row.Taken || row.Retracted != "shows a customer's card" {
		t.Errorf("row is %+v", row)
	}
	if v := r.State.AttachmentViews(r.Incident("Checkout down")); len(v) != 1 || v[0].Retracted == "" {
		t.Errorf("what was taken back is no longer listed with its reason: %+v", v)
	}
	if said := r.Refused("Ben Okafor", model.RetractAttachment{Attachment: done.ID.String(), Reason: "again"}); !strings.Contains(said, "already") {
		t.Errorf("twice: %s", said)
	}
	r.State.Attachments(func(*model.Incident, model.ID) { t.Error("an attachment that was taken back is fetched and sent on") })
}

func TestAttachmentOfSealedIncidentStays(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	r.As("Ana Ruiz", model.Declare{Title: "Checkout down"})
	done := r.As("Ana Ruiz", screenshot("Checkout down"))
	r.As("Ana Ruiz", model.SetHold{Incident: "Checkout down", Hold: "yes", Reason: "asked by counsel"})
	if said := r.Refused("Ana Ruiz", model.RetractAttachment{Attachment: done.ID.String(), Reason: "by mistake"}); !strings.Contains(said, "evidence") {
		t.Errorf("under hold: %s", said)
	}
}

func TestAttachRefuses(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	r.As("Ana Ruiz", model.Declare{Title: "Checkout down"})
	r.As("Ana Ruiz", model.Declare{Title: "Mail down"})
	line := r.As("Ana Ruiz", model.Log{Incident: "Mail down", Text: "queue is full"})
	for _, c := range []struct {
		name, want string
		change     func(*model.Attach)
	}{
		{"empty", "empty", func(a *model.Attach) { a.Size = 0 }},
		{"too large", "the limit is 2 GiB", func(a *model.Attach) { a.Size = model.MaxAttachment + 1 }},
		{"no name", "name of the file is missing", func(a *model.Attach) { a.Name = "../.." }},
		{"not read", "not read whole", func(a *model.Attach) { a.Root = model.Hash{} }},
		{"entry of another incident", "belongs to", func(a *model.Attach) { a.Entry = line.ID.String() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := screenshot("Checkout down")
			c.change(&a)
			if said := r.Refused("Ana Ruiz", a); !strings.Contains(said, c.want) {
				t.Errorf("it says %q, want %q in it", said, c.want)
			}
		})
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"/var/log/nginx/error.log": "error.log", `C:\Users\ben\dump.hprof`: "dump.hprof", "..": "", "a/../": "", "": "",
		"evil\u202egnp.exe": "evil_gnp.exe", "a\nb.txt": "a_b.txt", " x ": "x", "what?.png": "what_.png",
		strings.Repeat("n", 296) + ".png": strings.Repeat("n", 193) + "….png", strings.Repeat("写", 85) + ".log": strings.Repeat("写", 64) + "….log",
		"core." + strings.Repeat("9", 250): "core." + strings.Repeat("9", 192) + "…",
	} {
		if got := model.FileName(in); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1536: "1.5 KiB", 421_337: "411 KiB", 200 << 20: "200 MiB", 2 << 30: "2 GiB", 5 << 40: "5 TiB",
	} {
		if got := model.SizeText(n); got != want {
			t.Errorf("SizeText(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestAttachmentIsEvidence(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	r.As("Ana Ruiz", model.Declare{Title: "Checkout down", Type: "Security Breach"})
	done := r.As("Ana Ruiz", screenshot("Checkout down"))
	e := model.AddEvidence{Incident: "Checkout down", What: "the error page", System: "web-1", Attachment: done.ID.Short(8)}
	r.As("Ana Ruiz", e)
	v := r.State.EvidenceViews(r.Incident("Checkout down"))[0]
	if v.Attachment != done.ID.String() || v.File != "checkout 500.png" || v.Size != 421_337 || !strings.HasPrefix(v.SHA256, "01000000") || v.Store == "" {
		t.Errorf("evidence is %+v", v)
	}
	e.SHA256 = strings.Repeat("ab", 32)
	if said := r.Refused("Ana Ruiz", e); !strings.Contains(said, "fingerprints differ") {
		t.Errorf("another file: %s", said)
	}
}
