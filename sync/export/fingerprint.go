package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// MaxEvidence bounds a file that is fingerprinted: the largest disks are below
// it, and an endless file (a pipe, a device) must end.
const MaxEvidence = 64 << 40

// Fingerprint reads a file once, of any size, and gives its SHA-256 in
// hexadecimal and its bytes. It holds no more than a piece of the file, and
// ends with the context.
func Fingerprint(ctx context.Context, path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close() // it was only read
	info, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	if info.IsDir() {
		return "", 0, fmt.Errorf("%s is a folder; pack it into one file first", path)
	}
	h := sha256.New()
	size, err = io.Copy(h, io.LimitReader(interruptible{ctx, f}, MaxEvidence+1))
	if err == nil && size > MaxEvidence {
		err = fmt.Errorf("%s is larger than %d TiB; register its parts", path, MaxEvidence>>40)
	}
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// interruptible ends a long read when its context ends.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// newMode keeps what is exported from other users of the machine.
const newMode = 0o600

// NewFile writes a file that was not there, durably. One that is there is left
// alone, and the error wraps fs.ErrExist.
func NewFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, newMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if shut := f.Close(); err == nil {
		err = shut
	}
	return err
}

// Save writes a file whole: a new one, as NewFile does, or in place of one that
// is there.
func Save(path string, content []byte, replace bool) error {
	if !replace {
		return NewFile(path, content)
	}
	_, err := File(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	return err
}
