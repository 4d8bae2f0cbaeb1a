package export

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File has a file appear whole and durable or not at all, and gives its size in bytes.
func File(path string, write func(io.Writer) error) (int64, error) {
	if there, err := os.Stat(path); err == nil && there.IsDir() {
		return 0, fmt.Errorf("%s is a folder; name a file in it; nothing was written", path)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(temp.Name()) // no error once it was renamed
	err = write(temp)
	size, seekErr := temp.Seek(0, io.SeekCurrent)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, seekErr, temp.Close()); err != nil {
		return 0, err
	}
	return size, os.Rename(temp.Name(), path)
}
