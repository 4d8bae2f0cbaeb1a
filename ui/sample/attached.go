package sample

import (
	"fmt"
	"time"

	"holdfast/model"
)

// Attached is Typical with what people attached meanwhile.
func Attached() (Story, error) {
	s, err := Typical()
	if err != nil {
		return s, err
	}
	for i, a := range []struct {
		who, minutes       int
		name, kind, source string
		note               string
		size               int64
	}{
		{0, 84, "connections-db1.png", "image/png", "the dashboard", "connections fall to none at 23:27", 412_300},
		{1, 62, "pg_basebackup.log", "text/plain", "db2", "the replication that hung", 88_120},
		{2, 48, "status-page-before.png", "image/png", "", "", 230_411},
		{3, 33, "db1-remains.tar.zst", "application/octet-stream", "db1", "what is left of the data directory", 1_740_000_000},
		{1, 21, "staging-snapshot-1720.sha256", "text/plain", "staging", "", 96},
		{0, 12, "wrong-host.png", "image/png", "", "", 188_000},
	} {
		d := s.Room.Device(a.who)
		sum := model.Hash{1, byte(i)}
		done := s.Room.step(s.Now.Add(-time.Duration(a.minutes)*time.Minute), d, model.Attach{
			Incident: s.Incident.String(), Name: a.name, Type: a.kind, Size: a.size, SHA256: sum, Root: sum, Key: sum, Source: a.source, Note: a.note,
		})
		if a.name == "wrong-host.png" {
			s.Room.step(s.Now.Add(-11*time.Minute), d, model.RetractAttachment{Attachment: done.ID.String(), Reason: "shows another customer's host"})
		}
	}
	s.Room.At(s.Now)
	return s, nil
}

// Heaped is Overfull with attachments of every length and kind.
func Heaped() (Story, error) {
	s, err := Overfull()
	if err != nil {
		return s, err
	}
	names := []string{
		"core", "صورة الشاشة ١٧ مارس.png", "a-name-as-long-as-a-build-system-makes-them-0123456789abcdef0123456789abcdef-linux-amd64-release-with-debug-symbols.tar.zst",
		"heap dump of the payments service, second try.hprof", "🔥.png", "thread-dump-3.txt",
	}
	for i := range 40 {
		sum := model.Hash{2, byte(i)}
		s.Room.step(s.Now.Add(-time.Duration(40-i)*time.Minute), s.Room.Device(i%s.Room.Devices()), model.Attach{
			Incident: s.Incident.String(), Name: fmt.Sprintf("%02d %s", i, names[i%len(names)]), Type: "image/png", Size: int64(i+1) * 1_234_567 * int64(1+i%7), SHA256: sum, Root: sum, Key: sum,
			Source: hard[i%len(hard)][:min(len(hard[i%len(hard)]), 40)], Note: hard[(i+3)%len(hard)],
		})
	}
	s.Room.At(s.Now)
	return s, nil
}
