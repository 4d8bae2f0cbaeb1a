// Package blob keeps the content of attachments and moves it between peers.
//
// # Chunks
//
// A file is cut into chunks of ChunkSize, and each is sealed
// (XChaCha20-Poly1305) under a key drawn for this file alone, which is in the
// record. A chunk is named by the SHA-256 of its sealed bytes. The names, in
// order, are a chunk themselves: the list, whose name is the root. So whoever has the record
// finds and opens everything, and who only stores, as a relay does, sees sizes
// and times. The same file attached twice gives other chunks.
//
// # Store
//
// Chunks are files beside the record's store, named by what is in them. A file
// appears whole or not at all, and is checked whenever it is read: one that is
// not what its name says is put aside and fetched again.
//
// # Frames
//
// Peers talk over a WebSocket of its own (Subprotocol), so that a large file
// never stands before a line. A frame is a kind (1 byte), the number of
// the question (4 bytes, big endian) and a body:
//
//	have   names of chunks          -> held   a bit for each, the first lowest
//	get    the name of a chunk      -> chunk  sealed; or none, with the reason
//	put    a chunk, to a relay      -> took; or none, with the reason
//
// Either side may ask. A side that breaks a limit, or gives what was not asked
// for, is shown out with the reason.
package blob
