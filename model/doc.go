// Package model is what is true of a room: its members and people, its
// incidents and all that was written about them. It is pure: no files, network,
// clock, randomness or goroutines; time and identity are passed in.
//
// # From ops to state
//
// An Op is one change. Its author writes ops in commits, and each device's
// commits form a feed. State folds the commits of all feeds with Apply. The
// same set of commits gives the same state, byte for byte, whatever the order
// of arrival (each feed's own kept), the batching or the duplication; Hash
// shows it. No clock decides: a write names the writes it replaces, and what
// no other names is current. Two current values are a Conflict, until a person
// settles it.
//
// What is wrong with an op never fails the fold. An op of a kind of a newer
// version, one its author had no right to, and commits after a device's removal
// are counted, and stay in the log. A reference to something that has not
// arrived waits.
//
// Removal of a device may reach back over commits that were folded. Then Stale
// says so, and the owner folds again from its log with the Cuts found.
//
// # From commands to ops
//
// A Command is what a person wants. A Planner checks it against the state and
// gives the ops; a refusal wraps ErrRefused and is a sentence for the person
// who asked. Nothing is changed until the commit is applied.
//
// # From state to people
//
// The views (State.Briefs, View, Rows, MemberViews and the like) are the
// documented JSON of the terminal, the local socket and the exports. Compose
// renders a message from a template and the Facts of an incident.
package model
