package model

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// amountPattern finds a number of people or of records in a text.
var amountPattern = regexp.MustCompile(`(?i)\b(\d{1,3}(?:[ ,.']\d{3})+|\d{1,12}) (people|persons|customers|users|patients|employees|accounts|records|rows|data sets)\b`)

// beganApart is how far the begin of a breach may lie from the start of its
// incident before it is asked about: an intruder is often inside before.
const beganApart = time.Hour

// BreachRemarks says where the texts of the assessment, which go into the notices
// word for word, are not what its figures, its times or the log say. None of them
// keeps a notice back.
func (s *State) BreachRemarks(inc *Incident) []string {
	remarks := []string{}
	for _, f := range BreachFields {
		if f.kind != asText {
			continue
		}
		for _, m := range amountPattern.FindAllStringSubmatch(inc.Fields.Text(f.Name), -1) {
			field, what := BreachPeople, "people"
			switch strings.ToLower(m[2]) {
			case "records", "rows", "data sets":
				field, what = BreachRecords, "records"
			}
			known := inc.Fields.Text(field)
			if n, err := strconv.Atoi(strings.NewReplacer(" ", "", ",", "", ".", "", "'", "").Replace(m[1])); err == nil && known != "" && !counts(known, n) {
				remarks = append(remarks, f.Label+" says \""+m[0]+"\"; the number of "+what+" in the record is "+known)
			}
		}
	}
	return append(remarks, s.breachTimes(inc)...)
}

// counts reports whether a number is that of a count: 1200, 1000-1500, unknown.
func counts(count string, n int) bool {
	low, high, span := strings.Cut(count, "-")
	a, errA := strconv.Atoi(strings.TrimSpace(low))
	b, errB := a, error(nil)
	if span {
		b, errB = strconv.Atoi(strings.TrimSpace(high))
	}
	return errA == nil && errB == nil && n >= a && n <= b
}

// breachTimes compares the times of the assessment with the milestones, which the
// log is read by.
func (s *State) breachTimes(inc *Incident) []string {
	var remarks []string
	tell := func(what string, at time.Time, other string, than time.Time) {
		const form = "2006-01-02 15:04 UTC"
		remarks = append(remarks, what+" is "+at.UTC().Format(form)+"; "+other+" "+than.UTC().Format(form))
	}
	began, ended, aware := inc.Fields.Time(BreachBegan), inc.Fields.Time(BreachEnded), inc.Fields.Time(BreachAware)
	if started, ok := inc.Milestone("started"); ok && !began.IsZero() && started.Sub(began).Abs() > beganApart {
		tell("Breach began", began, "the record says that the incident started", started)
	}
	if !began.IsZero() && !ended.IsZero() && ended.Before(began) {
		tell("Breach ended", ended, "it began", began)
	}
	if !began.IsZero() && !aware.IsZero() && aware.Before(began) {
		tell("Aware at", aware, "the breach began only", began)
	}
	return remarks
}
