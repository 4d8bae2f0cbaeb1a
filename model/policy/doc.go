// Package policy is how a room has agreed to respond: levels of severity, who
// is called when, who is told how often, what each phase asks, which clocks the
// law starts. It is data: a Policy is a document in sections, shipped with
// defaults (assets/policy/policy.json), editable a section at a time, and
// checked as a whole before it is taken.
//
// The package is pure. It knows no incident; package due computes what a policy
// asks of one.
package policy
