package sample

import (
	"fmt"
	"io/fs"
	"path"
	"time"

	"holdfast/ui/files"
)

// Disk is the disk of a responder, as a chooser of files reads it.
type Disk struct {
	folders map[string][]files.File
	shut    map[string]bool // folders that may not be read
}

var _ files.Disk = (*Disk)(nil)

// home is where the responder's files are.
const home = "/home/ana"

// NewDisk makes the disk of somebody in the middle of an incident: what was saved
// from screens and servers, and a stick with the room's bundle and papers.
func NewDisk() *Disk {
	d := &Disk{folders: map[string][]files.File{}, shut: map[string]bool{}}
	for _, f := range []struct {
		path string
		size int64
		hour int
	}{
		{home + "/.bashrc", 3771, 9},
		{home + "/Documents/oncall-2017.ics", 18_204, 9},
		{home + "/Documents/policy.json", 41_318, 10},
		{home + "/Documents/policy-before-review.json", 40_960, 8},
		{home + "/Documents/Runbook replication lag.md", 6_212, 9},
		{home + "/Documents/Vendors/azure-support.pdf", 228_113, 8},
		{home + "/Documents/room.holdfast", 1_912_004, 11},
		{home + "/Downloads/status-page-before.png", 88_231, 22},
		{home + "/Pictures/connections-db1.png", 71_044, 23},
		{home + "/Pictures/connections-db2.png", 69_312, 23},
		{"/media/stick/recovery.txt", 2_410, 7},
		{"/media/stick/room.holdfast", 1_883_320, 7},
		{"/var/log/postgresql/postgresql-9.6-main.log", 48_112_400, 23},
		{"/root/.keep", 0, 1},
	} {
		d.put(f.path, f.size, time.Date(2017, 1, 31, f.hour, 12, 0, 0, time.UTC))
	}
	d.shut["/root"] = true
	return d
}

// Heap fills the folder of logs with what a night of an incident leaves there.
func (d *Disk) Heap() {
	for i := range 600 {
		at := time.Date(2017, 1, 31, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 4 * time.Minute)
		d.put(fmt.Sprintf("/var/log/postgresql/postgresql-9.6-main.%s.log", at.Format("2006-01-02T15-04")), int64(40_000+997*i), at)
	}
	d.put("/var/log/postgresql/a dump whose name says the cluster, the host, the reason and the ticket it was made for, and so on and on.sql.gz", 412_000_000_000,
		time.Date(2017, 1, 31, 23, 59, 0, 0, time.UTC))
}

// put adds a file and the folders around it.
func (d *Disk) put(p string, size int64, at time.Time) {
	f := files.File{Name: path.Base(p), Size: size, At: at}
	for dir := path.Dir(p); ; dir = path.Dir(dir) {
		d.folders[dir] = append(d.folders[dir], f)
		if _, known := (files.Listing{Files: d.folders[path.Dir(dir)]}).Find(path.Base(dir)); dir == "/" || known {
			return
		}
		f = files.File{Name: path.Base(dir), Folder: true, At: at}
	}
}

// Home is the responder's folder.
func (d *Disk) Home() string { return home }

// List reads a folder.
func (d *Disk) List(folder string) (files.Listing, error) {
	all, ok := d.folders[folder]
	switch {
	case d.shut[folder]:
		return files.Listing{}, &fs.PathError{Op: "open", Path: folder, Err: fs.ErrPermission}
	case !ok:
		return files.Listing{}, &fs.PathError{Op: "open", Path: folder, Err: fs.ErrNotExist}
	}
	l := files.Listing{Files: append([]files.File(nil), all...)}
	files.Sort(l.Files)
	return l, nil
}
