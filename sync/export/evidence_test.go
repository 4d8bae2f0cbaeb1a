package export_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/sync/export"
)

func TestEvidencePackIsWholeSignedAndNamesWhatIsMissing(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	r.As("Ana Ruiz", model.Declare{Title: "Checkout down"})
	d := export.Build(r.State, r.Incident("Checkout down"), model.DeviceKey{}, r.Now)
	log := []byte("14:05 GC overhead limit exceeded\n")
	sum := sha256.Sum256(log)
	files := []export.Attached{
		{Name: "error.log", SHA256: hex.EncodeToString(sum[:]), Write: func(w io.Writer) error { _, err := w.Write(log); return err }},
		{Name: "heap.hprof", SHA256: strings.Repeat("ab", 32), Missing: "on Ben Okafor's laptop"},
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	report, err := export.EvidencePack(&b, d, files, "DEVICE", func(m []byte) []byte { return ed25519.Sign(private, m) })
	if err != nil || report.Files != 1 || report.Missing != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	got := unpack(t, b.Bytes())
	if got["attachments/01-error.log"] != string(log) || !strings.Contains(got["MISSING.txt"], "heap.hprof  SHA-256 abab") || !strings.Contains(got["MISSING.txt"], "on Ben Okafor's laptop") {
		t.Errorf("the pack holds %v", got)
	}
	for _, line := range strings.Split(strings.TrimSpace(got["SHA256SUMS"]), "\n") {
		want, name, _ := strings.Cut(line, "  ")
		if sum := sha256.Sum256([]byte(got[name])); hex.EncodeToString(sum[:]) != want {
			t.Errorf("the fingerprint of %s does not fit", name)
		}
	}
	var device, signature string
	if _, err := fmt.Sscanf(got["SHA256SUMS.ed25519"], "device %s\nsignature %s\n", &device, &signature); err != nil {
		t.Fatal(err)
	}
	signed, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || device != "DEVICE" || !ed25519.Verify(public, []byte(got["SHA256SUMS"]), signed) {
		t.Error("the signature does not fit")
	}
	files[0].SHA256 = strings.Repeat("00", 32)
	if _, err := export.EvidencePack(io.Discard, d, files, "DEVICE", func([]byte) []byte { return nil }); err == nil || !strings.Contains(err.Error(), "not the file that was recorded") {
		t.Errorf("another file: %v", err)
	}
	files[0].Write = func(io.Writer) error { return errors.New("disk is gone") }
	if _, err := export.EvidencePack(io.Discard, d, files, "DEVICE", func([]byte) []byte { return nil }); err == nil {
		t.Error("a file that cannot be read was taken")
	}
}

func unpack(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(text)
	}
	return got
}
