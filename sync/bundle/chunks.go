package bundle

import (
	"fmt"
	"io"
)

// ExportChunks writes the chunks of attachments behind a bundle. each gives them, one
// after the other, and ends with the first error.
func ExportChunks(w io.Writer, each func(write func(sealed []byte) error) error) (n int, err error) {
	out := newWriter(w, chunkMagic)
	err = each(func(sealed []byte) error {
		n++
		out.record(sealed)
		return out.err
	})
	if err == nil {
		err = out.end()
	}
	if err != nil {
		return n, fmt.Errorf("write the attachments: %w", err)
	}
	return n, nil
}
