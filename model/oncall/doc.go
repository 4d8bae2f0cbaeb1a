// Package oncall says who is on call: from a schedule written as a document it
// computes shifts, gaps, clashes, hand-offs and loads. It is pure: the present
// and the known people are passed in.
//
// # The document
//
// A Schedule is a JSON object with snake_case keys; unknown keys are refused.
//
//	name       what it is called
//	zone       IANA name; all times of day below are wall-clock times in it
//	layers     array of {name, rotations, follows, cover, optional}
//	overrides  array of {layer, from, to, person, reason}
//	swaps      array of {first, second, agreed, reason}; first and second are
//	           {layer, from, to, person}
//	leave      array of {person, from, to, note}
//	holidays   array of dates, for the loads alone
//
// A layer is one place to fill: primary, secondary, shadow. Of several
// rotations in it the later one holds where both cover a time, so a new order
// of people is a rotation added with its start, and following the sun is a
// rotation for each region. follows names a layer instead: its people are that
// layer's, one turn later, so that the secondary is the last primary.
//
// A rotation is {unit, every, time, weekday, month_day, shifts, zone, start,
// end, people, hours}. What is left out is weekly, every 1, monday, 10:00.
// uneven takes the lengths from shifts: each ends days after the day it began,
// at time. hours restricts it to times of day.
//
// # Times
//
// A hand-off is a wall-clock time. One that clocks skip comes at the first
// instant after the gap, one they show twice at the first. A turn that falls
// into a gap whole is left out, and its person waits for the next. Months
// without the day hand off on their last. All is counted in whole seconds.
//
// Overrides hold over swaps, swaps over rotations. An override or a swap, once
// written, holds whatever the rotation becomes.
package oncall
