package model

import "strings"

// SourceByHand is the source of an alert a person wrote down, where they name none.
const SourceByHand = "by hand"

// AlertByHand takes in an alert a person wrote down; incident is the one it
// belongs to, and may be empty. Where nothing names it at its source, the same
// words about the same service are the same alert.
func AlertByHand(f AlertFact, incident string) TakeAlerts {
	if f.Source == "" {
		f.Source = SourceByHand
	}
	if f.Fingerprint == "" {
		f.Fingerprint = strings.ToLower(strings.Join(strings.Fields(f.Service+" "+f.What), " "))
	}
	return TakeAlerts{Alerts: []AlertFact{f}, Via: ViaHand, Incident: incident}
}
