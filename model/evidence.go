package model

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model/policy"
)

// Classes of the evidence register.
const (
	ClassEvidence = "evidence"
	ClassCustody  = "custody" // a link of the chain of custody: who gave what to whom
)

// Fields of an item of evidence.
const (
	EvidenceNumber    = "number" // E1, E2 ...; two written apart may share one, and the id tells them apart
	EvidenceWhat      = "what"
	EvidenceKind      = "kind" // one of EvidenceKinds
	EvidenceSystem    = "system"
	EvidenceCollector = "collector" // id of a person
	EvidenceTool      = "tool"
	EvidenceBegan     = "began"
	EvidenceEnded     = "ended"
	EvidenceOffset    = "offset" // the system's clock less true time, in seconds
	EvidenceSize      = "size"   // bytes
	EvidenceSHA256    = "sha256" // hexadecimal
	EvidenceFile      = "file"   // name of the file
	EvidenceStore     = "store"  // where it is kept
	EvidenceProtected = "protected"
	EvidenceCopies    = "copies"
	EvidenceAccess    = "access" // who may open it
	// EvidenceAttachment is the id of the attachment that is the evidence.
	EvidenceAttachment = "attachment"
)

// Fields of a link of the chain of custody.
const (
	CustodyOf     = "of" // id of the evidence
	CustodyAct    = "act"
	CustodyFrom   = "from"
	CustodyTo     = "to"
	CustodyAt     = "at"
	CustodyReason = "reason"
)

// Acts of the chain of custody.
const (
	Transferred = "transfer"
	Copied      = "copy"
	Released    = "release"
)

// EvidenceKinds lists what evidence is.
var EvidenceKinds = [...]string{EvidenceImage, "memory", "log", "cloud audit", "ticket", "file", "note", "other"}

// EvidenceImage is the kind that lets a system be wiped.
const EvidenceImage = "image"

// MaxClockOffset bounds how wrong the clock of a system can be said to be: a
// machine that lost its clock stands at 1970.
const MaxClockOffset = 100 * 366 * 24 * time.Hour

// AddEvidence registers something that was kept. The thing itself is kept
// elsewhere; the register holds its fingerprint.
type AddEvidence struct {
	Incident string
	What     string
	Kind     string // one of EvidenceKinds; empty is other
	System   string // it comes from
	// Collector collected it; empty is the author.
	Collector, Tool string
	Began, Ended    time.Time
	// ClockOffset is the system's clock less true time; nil where nobody
	// compared them.
	ClockOffset *time.Duration
	Size        int64
	SHA256      string
	File        string
	Store       string
	Protected   string // yes or no
	Copies      string
	Access      string
	// Attachment of the incident that is the evidence: it gives the file, its
	// size, its fingerprint and where it is kept.
	Attachment string
}

// Plan implements Command.
func (c AddEvidence) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if err := c.attached(p, inc); err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{EvidenceWhat, "what the evidence is", c.What, true, 0},
		formField{EvidenceSystem, "the system it comes from", c.System, true, MaxName},
		formField{EvidenceTool, "the tool", c.Tool, false, MaxTitle},
		formField{EvidenceFile, "the file", c.File, false, maxSource},
		formField{EvidenceStore, "where it is kept", c.Store, false, maxSource},
		formField{EvidenceCopies, "the copies", c.Copies, false, 0},
		formField{EvidenceAccess, "the access list", c.Access, false, 0},
	)
	if err != nil {
		return Done{}, err
	}
	if err := c.facts(p, fields); err != nil {
		return Done{}, err
	}
	if c.Attachment != "" {
		fields[EvidenceAttachment] = c.Attachment
	}
	fields[EvidenceNumber] = "E" + strconv.Itoa(inc.lastEvidence()+1)
	done := Done{ID: p.addItem(inc.ID, ClassEvidence, fields), Code: inc.Code, Note: fields[EvidenceNumber]}
	if fields[EvidenceStore] == "" {
		done.Note += ": say where it is kept with an annotation"
	}
	return done, nil
}

// attached takes over what the record knows of an attachment.
func (c *AddEvidence) attached(p *Planner, inc *Incident) error {
	if c.Attachment == "" {
		return nil
	}
	of, id, err := p.State.FindAttachment(c.Attachment)
	if err != nil {
		return err
	}
	v := p.State.AttachmentView(of, id)
	switch {
	case of.ID != inc.ID:
		return refuse("attachment %s belongs to %s, not to %s. Nothing was written", v.Name, of.Code, inc.Code)
	case c.SHA256 != "" && !strings.EqualFold(c.SHA256, v.SHA256):
		return refuse("the file named is not the attachment %s: their fingerprints differ. Nothing was written", v.Name)
	}
	c.Attachment, c.SHA256, c.Size, c.File = id.String(), v.SHA256, v.Size, v.Name
	c.Store = either(c.Store, "attached to "+inc.Code)
	return nil
}

// facts adds what is not a text.
func (c AddEvidence) facts(p *Planner, fields map[string]string) (err error) {
	if fields[EvidenceKind], err = choose("kind", either(c.Kind, "other"), EvidenceKinds[:]); err != nil {
		return err
	}
	if c.Protected != "" {
		if fields[EvidenceProtected], err = choose("write-protected", c.Protected, []string{string(policy.Yes), string(policy.No)}); err != nil {
			return err
		}
	}
	if fields[EvidenceCollector], err = p.someone(c.Collector); err != nil {
		return err
	}
	if err := p.setTime(fields, EvidenceBegan, "the start of the collection", c.Began); err != nil {
		return err
	}
	if err := p.setTime(fields, EvidenceEnded, "the end of the collection", c.Ended); err != nil {
		return err
	}
	if !c.Began.IsZero() && !c.Ended.IsZero() && c.Ended.Before(c.Began) {
		return refuse("the collection ends before it starts. Nothing was written")
	}
	if c.ClockOffset != nil {
		if c.ClockOffset.Abs() > MaxClockOffset {
			return refuse("a clock offset of %s is not possible. Nothing was written", c.ClockOffset)
		}
		fields[EvidenceOffset] = strconv.FormatFloat(c.ClockOffset.Seconds(), 'f', -1, 64)
	}
	if c.Size < 0 {
		return refuse("a size of %d bytes is not possible. Nothing was written", c.Size)
	}
	if c.SHA256 != "" {
		sum, err := hex.DecodeString(c.SHA256)
		if err != nil || len(sum) != 32 {
			return refuse("%.80q is no SHA-256: it has 64 hexadecimal digits. Nothing was written", c.SHA256)
		}
		fields[EvidenceSHA256], fields[EvidenceSize] = hex.EncodeToString(sum), strconv.FormatInt(c.Size, 10)
	}
	return nil
}

func (i *Incident) lastEvidence() int {
	last := 0
	for _, item := range i.Items {
		if n, err := strconv.Atoi(strings.TrimPrefix(item.Fields.Text(EvidenceNumber), "E")); err == nil && item.Class == ClassEvidence {
			last = max(last, n)
		}
	}
	return last
}

// FindEvidence reads what a person typed for an item of evidence: INC/E2, or
// its id or the start of it.
func (s *State) FindEvidence(text string) (*Incident, ID, error) {
	incident, number, ok := strings.Cut(text, "/")
	if !ok {
		return s.FindItem(text, "item of evidence", ClassEvidence)
	}
	inc, err := s.FindIncident(incident)
	if err != nil {
		return nil, ID{}, err
	}
	var found []ID
	for _, id := range inc.Items.Of(ClassEvidence) {
		if strings.EqualFold(inc.Items[id].Fields.Text(EvidenceNumber), strings.TrimSpace(number)) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return nil, ID{}, refuse("%s has no evidence %.20q", inc.Code, number)
	case 1:
		return inc, found[0], nil
	}
	return nil, ID{}, refuse("two items of %s were numbered %s apart: name %s or %s", inc.Code, number, found[0].Short(8), found[1].Short(8))
}

// TransferEvidence adds a link to the chain of custody.
type TransferEvidence struct {
	Evidence string
	Act      string // transfer, copy or release; empty is transfer
	// From is who had it; empty is the last one the chain names.
	From, To string
	At       time.Time // zero is now
	Reason   string
}

// Plan implements Command.
func (c TransferEvidence) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindEvidence(c.Evidence)
	if err != nil {
		return Done{}, err
	}
	act, err := choose("act", either(c.Act, Transferred), []string{Transferred, Copied, Released})
	if err != nil {
		return Done{}, err
	}
	holder, gone := p.State.holder(inc, id)
	if gone {
		return Done{}, refuse("this evidence was released to %s; a chain does not go on after that. Nothing was written", holder)
	}
	fields, err := fillForm(
		formField{CustodyFrom, "who gives it", either(c.From, holder), true, MaxTitle},
		formField{CustodyTo, "who takes it", c.To, true, MaxTitle},
		formField{CustodyReason, "the reason", c.Reason, true, 0},
	)
	if err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	if err := p.setTime(fields, CustodyAt, "the time of the transfer", at); err != nil {
		return Done{}, err
	}
	fields[CustodyOf], fields[CustodyAct] = id.String(), act
	done := Done{ID: p.addItem(inc.ID, ClassCustody, fields), Code: inc.Code}
	if c.From != "" && !strings.EqualFold(c.From, holder) {
		done.Note = fmt.Sprintf("the chain says that %s had it; say in an annotation how %s came by it", holder, c.From)
	}
	return done, nil
}

// holder gives who has an item of evidence by its chain of custody, and whether
// it was released.
func (s *State) holder(inc *Incident, evidence ID) (name string, released bool) {
	name = s.personText(inc.Items[evidence].Fields, EvidenceCollector)
	for _, link := range s.custody(inc, evidence) {
		switch link.Act {
		case Transferred:
			name = link.To
		case Released:
			name, released = link.To, true
		}
	}
	return name, released
}

// CustodyView is a link of the chain of custody.
type CustodyView struct {
	ID     ID        `json:"id"`
	Act    string    `json:"act"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
}

func (s *State) custody(inc *Incident, evidence ID) []CustodyView {
	chain := []CustodyView{}
	for _, id := range inc.Items.Of(ClassCustody) {
		if f := inc.Items[id].Fields; f.Text(CustodyOf) == evidence.String() {
			chain = append(chain, CustodyView{
				ID: id, Act: f.Text(CustodyAct), From: f.Text(CustodyFrom), To: f.Text(CustodyTo), At: f.Time(CustodyAt),
				Reason: f.Text(CustodyReason), By: s.AuthorName(inc.Items[id].Added),
			})
		}
	}
	slices.SortStableFunc(chain, func(a, b CustodyView) int { return a.At.Compare(b.At) })
	return chain
}

// EvidenceView is an item of evidence with its chain of custody.
type EvidenceView struct {
	ID          ID            `json:"id"`
	Number      string        `json:"number"`
	What        string        `json:"what"`
	Kind        string        `json:"kind"`
	System      string        `json:"system"`
	Collector   string        `json:"collector"`
	Tool        string        `json:"tool"`
	Began       time.Time     `json:"began_at,omitzero"`
	Ended       time.Time     `json:"ended_at,omitzero"`
	ClockOffset string        `json:"clock_offset_s,omitempty"`
	Size        int64         `json:"size"`
	SHA256      string        `json:"sha256"`
	File        string        `json:"file"`
	Store       string        `json:"store"`
	Protected   string        `json:"protected"`
	Copies      string        `json:"copies"`
	Access      string        `json:"access"`
	Attachment  string        `json:"attachment,omitempty"` // its id
	Holder      string        `json:"holder"`
	Released    bool          `json:"released"`
	Custody     []CustodyView `json:"custody"`
	Notes       []ChangeView  `json:"notes,omitempty"`
	By          string        `json:"by"`
	At          time.Time     `json:"at"`
}

// EvidenceViews lists the evidence register of an incident.
func (s *State) EvidenceViews(inc *Incident) []EvidenceView {
	views := []EvidenceView{}
	for _, id := range inc.Items.Of(ClassEvidence) {
		item := inc.Items[id]
		f := item.Fields
		v := EvidenceView{
			ID: id, Number: f.Text(EvidenceNumber), What: f.Text(EvidenceWhat), Kind: f.Text(EvidenceKind), System: f.Text(EvidenceSystem),
			Collector: s.personText(f, EvidenceCollector), Tool: f.Text(EvidenceTool), Began: f.Time(EvidenceBegan), Ended: f.Time(EvidenceEnded),
			ClockOffset: f.Text(EvidenceOffset), SHA256: f.Text(EvidenceSHA256), File: f.Text(EvidenceFile), Store: f.Text(EvidenceStore),
			Protected: f.Text(EvidenceProtected), Copies: f.Text(EvidenceCopies), Access: f.Text(EvidenceAccess), Attachment: f.Text(EvidenceAttachment), Custody: s.custody(inc, id),
			Notes: s.annotations(inc, id), By: s.AuthorName(item.Added), At: item.addedAt(),
		}
		v.Size, _ = strconv.ParseInt(f.Text(EvidenceSize), 10, 64)
		v.Holder, v.Released = s.holder(inc, id)
		views = append(views, v)
	}
	return views
}
