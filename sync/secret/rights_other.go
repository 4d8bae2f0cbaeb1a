//go:build !unix

package secret

// ownFile has nothing to check: on Windows the rights of a new file are those
// of the user's profile folder, which other users cannot read.
func ownFile(string) error { return nil }

// ownFolder has nothing to check, for the same reason.
func ownFolder(string) error { return nil }

// syncFolder does nothing: Windows makes a rename durable with the file, and a
// folder cannot be opened to be synced.
func syncFolder(string) error { return nil }
