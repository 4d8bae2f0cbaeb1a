package model

import "strings"

// Rows of the timeline that the security record and the legal clocks make.

func toldEvidence(s *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	f := i.Fields
	text = f.Text(EvidenceNumber) + " " + f.Text(EvidenceKind) + " of " + f.Text(EvidenceSystem) + ": " + f.Text(EvidenceWhat)
	if sum := f.Text(EvidenceSHA256); sum != "" {
		text += ", SHA-256 " + sum
	}
	return "evidence", text + ", collected by " + s.personText(f, EvidenceCollector)
}

func toldCustody(_ *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	f := i.Fields
	return "evidence", f.Text(CustodyAct) + " from " + f.Text(CustodyFrom) + " to " + f.Text(CustodyTo) + ": " + f.Text(CustodyReason)
}

func toldIndicator(_ *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	f := i.Fields
	return "indicator", joined(f.Text(IndicatorKind)+" "+Defang(f.Text(IndicatorKind), f.Text(IndicatorValue)), f.Text(IndicatorNote))
}

func toldCredential(_ *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	name := f.Text(CredentialName)
	switch field {
	case "":
		return "credential", joined(f.Text(CredentialKind)+" "+name+" of "+f.Text(CredentialOwner), f.Text(CredentialReach))
	case CredentialRevoked:
		return "credential", name + " revoked at " + f.Text(field)
	case CredentialIssued:
		return "credential", "new " + name + " issued at " + f.Text(field)
	case CredentialRefused:
		return "credential", "old " + name + " refused by " + f.Text(field)
	}
	return "", ""
}

func toldSystem(s *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	system := f.Text(SystemName)
	switch {
	case field == SystemLifted:
		return i.Class, system + " connected again"
	case field != "":
		return "", ""
	case i.Class == ClassWaiver:
		return i.Class, system + " without an image, decided by " + s.personText(f, SystemBy) + ": " + f.Text(SystemReason)
	}
	return i.Class, joined(system+": "+f.Text(SystemHow), f.Text(SystemEffect))
}

func toldSheet(s *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	f := i.Fields
	return "decision", f.Text(SheetTopic) + ": " + f.Text(SheetChoice) + ", decided by " + s.personText(f, SheetPerson)
}

func toldApproval(s *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	f := i.Fields
	return "decision", s.personText(f, ApprovalPerson) + " approves for legal a message to " + f.Text(ApprovalAudience) + ": " + f.Text(ApprovalText)
}

func toldAnnotation(_ *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	of := i.Fields.Text(NoteOf)
	return "correction", "of " + of[:min(8, len(of))] + ": " + i.Fields.Text(NoteText)
}

func toldClock(s *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	name := f.Text(ClockID)
	if c, ok := s.Policy().Clock(name); ok {
		name = c.Name
	}
	switch {
	case field == ClockStart:
		return "legal", name + ": start is now " + f.Text(ClockStart)
	case field == ClockNone, field == "" && f.Text(ClockStart) == "":
		return "legal", joined(name+": no notice is due: "+f.Text(ClockNone), "approved by "+s.personText(f, ClockApprover))
	case field == "":
		return "legal", name + " runs from " + f.Text(ClockStart) + ": " + f.Text(ClockReason)
	}
	if event, ok := strings.CutPrefix(field, clockEventPrefix); ok {
		return "legal", name + ": " + event + " at " + f.Text(field)
	}
	return "", ""
}

func toldFiling(_ *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	f := i.Fields
	return "legal", joined("filed: "+f.Text(FilingLabel)+" at "+f.Text(FilingAt), "receipt "+f.Text(FilingReceipt), f.Text(FilingReason))
}

// joined writes what is there, a comma apart.
func joined(parts ...string) string {
	text := ""
	for _, part := range parts {
		switch {
		case part == "":
		case text == "":
			text = part
		default:
			text += ", " + part
		}
	}
	return text
}
