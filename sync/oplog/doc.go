// Package oplog keeps one room's log: every device's feed of signed, sealed
// commits, in one bbolt file and a small journal beside it.
//
// The same form is on disk, on a link, in a bundle and in an evidence pack. A
// commit is deterministic CBOR in which the previous hash is left out because
// it can be computed; its body is compressed and sealed before it is hashed,
// so a peer without the room key verifies, stores and forwards what it cannot
// read.
//
// The package starts no goroutine that outlives a call. One owner writes:
// it takes a Batch with Begin, adds its own drafts and verified runs of other
// devices, and Commit makes all of it durable at once: in one transaction, or, where it
// is a few commits of this device, in the journal beside the store. Reading and
// Verify are safe from any goroutine at any time, and no read holds a bbolt
// transaction while the caller's code runs.
package oplog
