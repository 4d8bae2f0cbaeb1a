package oplog

import bolt "go.etcd.io/bbolt"

// giveBackEvery is how many bytes may be read or written through the map of the
// file before its pages are given back to the system. They stay in its cache as
// long as there is room: reading one again takes a microsecond. Kept mapped, they
// would count as this process's memory, as large as the whole record.
const giveBackEvery = 8 << 20

// touch counts what was read or written of the file.
func (l *Log) touch(bytes int) {
	if l.touched.Add(int64(bytes)) < giveBackEvery {
		return
	}
	l.touched.Store(0)
	_ = l.view(func(tx *bolt.Tx) error { // the map is not moved while a transaction is open
		if data := tx.DB().Info().Data; data != 0 {
			dropPages(data, uintptr(tx.Size()))
		}
		return nil
	})
}
