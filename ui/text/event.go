package text

import "strings"

// events are what the shipped legal clocks start with, as the end of "it starts when".
var events = map[string]string{
	"aware":                         "aware of the incident",
	"aware_personal_data_breach":    "aware of a personal data breach",
	"aware_high_risk_breach":        "aware of a breach of high risk",
	"aware_significant_incident":    "aware of a significant incident",
	"aware_exploited_vulnerability": "aware of an exploited vulnerability",
	"aware_severe_incident":         "aware of a severe incident",
	"high_risk_decided":             "a high risk to people is decided",
	"classified_major":              "classified as major",
	"materiality_determined":        "found to be material",
	"phi_breach_discovered":         "a breach of health data is discovered",
	"calendar_year_end":             "the calendar year ends",
	"noticed":                       "noticed",
	"determined":                    "found to be reportable",
	"fix_available":                 "a fix is available",
	"payment":                       "a ransom is paid",
	"latest_intermediate":           "the latest intermediate report is due",
}

// Event says in words what a legal clock starts with; one of the room's own
// policy is shown as it is written, without its underscores.
func Event(id string) string {
	if words, ok := events[id]; ok {
		return words
	}
	return Line(strings.ReplaceAll(id, "_", " "))
}

// Whole keeps words together that a line must not part, such as a number for the telephone.
func Whole(s string) string { return strings.ReplaceAll(s, " ", "\u00A0") }
