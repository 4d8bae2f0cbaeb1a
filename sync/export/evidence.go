package export

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// Evidence is the format of the signed pack: one file for those who investigate.
const Evidence = "evidence"

// Names inside a pack.
const (
	packSums      = "SHA256SUMS"
	packSignature = "SHA256SUMS.ed25519"
	packMissing   = "MISSING.txt"
	packFiles     = "attachments/"
)

// Attached is an attachment for a pack.
type Attached struct {
	Name string `json:"name"`
	// SHA256 is what the record says of it, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Missing says where it is, when it is not here.
	Missing string `json:"missing,omitempty"`
	// Write writes it out; not called for one that is missing.
	Write func(io.Writer) error `json:"-"`
}

// PackReport says what a pack holds.
type PackReport struct {
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	Files   int    `json:"files"`
	Missing int    `json:"missing"`
	// SHA256 is of the list of fingerprints, which the signature is over.
	SHA256 string `json:"sha256"`
}

// EvidencePack writes an incident with its attachments as a ZIP file: the record as
// JSON and Markdown, the attachments that are here, the names of those that are not,
// the SHA-256 of every file in the form sha256sum(1) checks, and this device's signature
// (Ed25519, base64) over that list. key is the device's public key, for whoever
// checks it.
func EvidencePack(w io.Writer, d Document, files []Attached, key string, sign func([]byte) []byte) (PackReport, error) {
	p := &pack{zip: zip.NewWriter(w), at: d.ExportedAt}
	for _, format := range []string{JSON, Markdown} {
		p.add("incident."+format, func(w io.Writer) error { return Incident(w, d, format) })
	}
	p.add("attachments.json", func(w io.Writer) error { return writeJSON(w, files) })
	var missing bytes.Buffer
	for i, f := range files {
		if f.Missing != "" {
			p.report.Missing++
			fmt.Fprintf(&missing, "%s  SHA-256 %s  %s\n", f.Name, f.SHA256, f.Missing)
			continue
		}
		// Two may have one name, and the number tells them apart.
		name := fmt.Sprintf("%s%02d-%s", packFiles, i+1, f.Name)
		if sum := p.add(name, f.Write); p.err == nil && sum != f.SHA256 {
			p.err = fmt.Errorf("%s is not the file that was recorded", f.Name)
		}
		p.report.Files++
	}
	if missing.Len() > 0 {
		p.add(packMissing, func(w io.Writer) error { _, err := w.Write(missing.Bytes()); return err })
	}
	sums := bytes.Clone(p.sums.Bytes())
	sum := sha256.Sum256(sums)
	p.report.SHA256 = hex.EncodeToString(sum[:])
	p.add(packSums, func(w io.Writer) error { _, err := w.Write(sums); return err })
	p.add(packSignature, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "device %s\nsignature %s\n", key, base64.StdEncoding.EncodeToString(sign(sums)))
		return err
	})
	if err := errors.Join(p.err, p.zip.Close()); err != nil {
		return p.report, fmt.Errorf("write the evidence of %s: %w", d.Incident.Code, err)
	}
	return p.report, nil
}

// pack is a ZIP file under way. The first error sticks.
type pack struct {
	zip    *zip.Writer
	at     time.Time
	sums   bytes.Buffer
	report PackReport
	err    error
}

// add writes one file and gives its SHA-256 in hexadecimal.
func (p *pack) add(name string, write func(io.Writer) error) string {
	if p.err != nil {
		return ""
	}
	var out io.Writer
	h := sha256.New()
	if out, p.err = p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at}); p.err == nil {
		p.err = write(io.MultiWriter(out, h))
	}
	sum := hex.EncodeToString(h.Sum(nil))
	fmt.Fprintf(&p.sums, "%s  %s\n", sum, name)
	return sum
}
