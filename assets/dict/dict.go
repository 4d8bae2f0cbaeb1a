// Package dict ships the compression dictionaries of commit bodies. A
// dictionary, once released, is part of the format: its bytes never change,
// and a better one is added beside it under a new number.
package dict

import _ "embed"

//go:generate go run ./gen -o commit-1.zdict

//go:embed commit-1.zdict
var commit1 []byte

// Commit1 gives the zstd dictionary that bodies of packing 1 use. The caller
// does not change it.
func Commit1() []byte { return commit1 }
