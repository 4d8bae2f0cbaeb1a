package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/plain"
)

// Classes of the room's items about others: who supplies something, and how
// things are got at when sign-in, door and directory are down. What is secret
// itself is never kept, only where it is.
const (
	ClassVendor = "vendor"
	ClassAccess = "access"
)

// FactField is a field of a vendor or of an access fact.
type FactField struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// VendorName and AccessName are what people call them.
const (
	VendorName = "name"
	AccessName = "name"
)

// VendorFields are what is known of a vendor, in order.
var VendorFields = [...]FactField{
	{VendorName, "Name"},
	{"service", "Service"},
	{"phone", "Support phone"},
	{"portal", "Support portal"},
	{"level", "Contract level"},
	{"contract", "Contract number"},
	{"customer", "Customer number"},
	{"accounts", "Account and region ids"},
	{"hours", "Support hours"},
	{"escalation", "Escalation contact"},
	{"note", "Note"},
}

// Fields of an access fact that rules look at.
const (
	AccessKind    = "kind"    // one of AccessKinds
	AccessOpeners = "openers" // who can open it, with commas
	AccessTested  = "tested"  // when it last worked
	AccessResult  = "result"  // what the test came to
)

// AccessKinds are the kinds of access facts.
var AccessKinds = [...]string{"break-glass", "door", "registrar", "recovery-key", "console", "backup", "other"}

// BreakGlass is the kind that needs two people to open it.
const BreakGlass = "break-glass"

// AccessFields are what is known of an access fact, in order.
var AccessFields = [...]FactField{
	{AccessName, "Name"},
	{AccessKind, "Kind"},
	{"where", "Where it is sealed or kept"},
	{AccessOpeners, "Who can open it"},
	{"contact", "Contact"},
	{"phone", "Phone"},
	{"note", "Note"},
}

// AccessTestEvery is how long a test of an access fact is good for. Source: the
// account of the Cloudflare outage of 2 July 2019, where accounts had been shut
// off for want of use.
const AccessTestEvery = 90 * 24 * time.Hour

// AddVendor records who supplies something.
type AddVendor struct {
	Fields map[string]string // by the name of VendorFields; name is needed
}

// Plan implements Command.
func (c AddVendor) Plan(p *Planner) (Done, error) {
	return p.addFact(ClassVendor, "vendor", c.Fields, VendorFields[:])
}

// SetVendor changes what is known of a vendor; an empty value takes one out.
type SetVendor struct {
	Vendor string
	Fields map[string]string
	// Retire takes it out of use, for this reason.
	Retire string
}

// Plan implements Command.
func (c SetVendor) Plan(p *Planner) (Done, error) {
	return p.setFact(ClassVendor, "vendor", c.Vendor, c.Fields, VendorFields[:], c.Retire)
}

// AddAccess records how something is got at: where it is and who opens it,
// never the secret itself.
type AddAccess struct {
	Fields map[string]string // by the name of AccessFields; name is needed
}

// Plan implements Command.
func (c AddAccess) Plan(p *Planner) (Done, error) {
	fields := maps.Clone(c.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	fields[AccessKind] = either(fields[AccessKind], "other")
	return p.addFact(ClassAccess, "access fact", fields, AccessFields[:])
}

// SetAccess changes an access fact; an empty value takes one out.
type SetAccess struct {
	Access string
	Fields map[string]string
	Retire string
}

// Plan implements Command.
func (c SetAccess) Plan(p *Planner) (Done, error) {
	return p.setFact(ClassAccess, "access fact", c.Access, c.Fields, AccessFields[:], c.Retire)
}

// TestAccess says that somebody tried it.
type TestAccess struct {
	Access string
	At     time.Time // zero is now
	// Failed says that it did not work; it stays due then.
	Failed bool
	Result string // what was tried and came of it; needed with Failed
}

// Plan implements Command.
func (c TestAccess) Plan(p *Planner) (Done, error) {
	id, item, err := p.State.findRoomItem(c.Access, "access fact", AccessName, ClassAccess)
	if err != nil {
		return Done{}, err
	}
	result, err := remark("the result", c.Result)
	if err != nil {
		return Done{}, err
	}
	if secretText(result) {
		return Done{}, errSecret
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	switch {
	case at.After(p.Now):
		return Done{}, refuse("a test at %s has not been yet. Nothing was changed", at.UTC().Format("2006-01-02 15:04 MST"))
	case c.Failed && result == "":
		return Done{}, refuse("say what did not work. Nothing was changed")
	case c.Failed:
		p.setItem(ID{}, id, item, AccessTested, "", result)
		p.setItem(ID{}, id, item, AccessResult, "failed: "+result, "")
	default:
		p.setItem(ID{}, id, item, AccessTested, timeText(at), result)
		p.setItem(ID{}, id, item, AccessResult, result, "")
	}
	return Done{ID: id}, nil
}

var errSecret = refuse("this is a key or a password; the room's record is on every device and never forgets, so write where it is sealed instead. Nothing was changed")

func (p *Planner) addFact(class, what string, values map[string]string, known []FactField) (Done, error) {
	fields, err := facts(what, values, known)
	if err != nil {
		return Done{}, err
	}
	if fields[VendorName] == "" {
		return Done{}, refuse("the %s has no name. Nothing was changed", what)
	}
	for _, id := range p.State.live(class) {
		if strings.EqualFold(p.State.Items[id].Fields.Text(VendorName), fields[VendorName]) {
			return Done{}, refuse("there is %s %s already; change it, or give this one another name. Nothing was changed", article(what), fields[VendorName])
		}
	}
	return Done{ID: p.addItem(ID{}, class, fields)}, nil
}

func (p *Planner) setFact(class, what, text string, values map[string]string, known []FactField, retire string) (Done, error) {
	if strings.TrimSpace(text) == "" {
		return Done{}, refuse("say which %s. Nothing was changed", what)
	}
	id, item, err := p.State.findRoomItem(text, what, VendorName, class)
	if err != nil {
		return Done{}, err
	}
	fields, err := facts(what, values, known)
	if err != nil {
		return Done{}, err
	}
	if name, given := fields[VendorName]; given && name == "" {
		return Done{}, refuse("the %s keeps a name. Nothing was changed", what)
	}
	if retire, err = remark("the reason", retire); err != nil {
		return Done{}, err
	}
	if retire != "" {
		fields[ItemRetired] = retire
	}
	changed := 0
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if fields[name] != item.Fields.Text(name) || item.Fields.conflict(name) != nil {
			p.setItem(ID{}, id, item, name, fields[name], "")
			changed++
		}
	}
	if changed == 0 {
		return Done{ID: id, Note: item.Fields.Text(VendorName) + " is so already"}, nil
	}
	return Done{ID: id}, nil
}

// facts checks the fields of a vendor or of an access fact.
func facts(what string, values map[string]string, known []FactField) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(known, func(f FactField) bool { return f.Name == name })
		if i < 0 {
			names := make([]string, len(known))
			for n, f := range known {
				names[n] = f.Name
			}
			return nil, refuse("%s has no field %.40q; it has: %s. Nothing was changed", article(what), name, strings.Join(names, ", "))
		}
		value, err := remark(strings.ToLower(known[i].Title), values[name])
		switch {
		case err != nil:
			return nil, err
		case secretText(value):
			return nil, errSecret
		case name == AccessKind && value != "":
			if value, err = choose("the kind", value, AccessKinds[:]); err != nil {
				return nil, err
			}
		case name == VendorName && value != "":
			if value, err = line("the name", value, MaxName); err != nil {
				return nil, err
			}
		}
		out[name] = value
	}
	return out, nil
}

// VendorView is a vendor; its fields are those of VendorFields.
type VendorView struct {
	ID         ID     `json:"id"`
	Name       string `json:"name"`
	Service    string `json:"service"`
	Phone      string `json:"phone"`
	Portal     string `json:"portal"`
	Level      string `json:"level"`
	Contract   string `json:"contract"`
	Customer   string `json:"customer"`
	Accounts   string `json:"accounts"`
	Hours      string `json:"hours"`
	Escalation string `json:"escalation"`
	Note       string `json:"note"`
	// Warnings say what is missing when their portal is down.
	Warnings []string `json:"warnings"`
}

// VendorViews lists the vendors by name.
func (s *State) VendorViews() []VendorView {
	views := []VendorView{}
	for _, id := range s.live(ClassVendor) {
		f := s.Items[id].Fields
		v := VendorView{
			ID: id, Name: f.Text(VendorName), Service: f.Text("service"), Phone: f.Text("phone"), Portal: f.Text("portal"), Level: f.Text("level"),
			Contract: f.Text("contract"), Customer: f.Text("customer"), Accounts: f.Text("accounts"), Hours: f.Text("hours"),
			Escalation: f.Text("escalation"), Note: f.Text("note"), Warnings: []string{},
		}
		if v.Phone == "" && v.Escalation == "" {
			v.Warnings = append(v.Warnings, "no support phone and no escalation contact: when the portal is down, nobody is reached")
		}
		if v.Contract == "" && v.Customer == "" {
			v.Warnings = append(v.Warnings, "no contract and no customer number: they are asked for first")
		}
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b VendorView) int { return cmp.Or(plain.Natural(a.Name, b.Name), a.ID.Compare(b.ID)) })
	return views
}

// AccessView is an access fact.
type AccessView struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Where   string `json:"where"`
	Openers string `json:"openers"`
	Contact string `json:"contact"`
	Phone   string `json:"phone"`
	Note    string `json:"note"`
	// TestedAt is when it last worked; zero where it never did or the last test
	// failed. DueAt is when it must be tried again.
	TestedAt time.Time `json:"tested_at,omitzero"`
	DueAt    time.Time `json:"due_at"`
	Result   string    `json:"result"`
	Warnings []string  `json:"warnings"`
}

// AccessViews lists the access facts by kind and name.
func (s *State) AccessViews(now time.Time) []AccessView {
	views := []AccessView{}
	for _, id := range s.live(ClassAccess) {
		f := s.Items[id].Fields
		v := AccessView{
			ID: id, Name: f.Text(AccessName), Kind: f.Text(AccessKind), Where: f.Text("where"), Openers: f.Text(AccessOpeners),
			Contact: f.Text("contact"), Phone: f.Text("phone"), Note: f.Text("note"), Result: f.Text(AccessResult), Warnings: []string{},
		}
		v.TestedAt, v.DueAt = s.AccessDue(id)
		if openers := strings.FieldsFunc(v.Openers, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }); v.Kind == BreakGlass && len(openers) < 2 {
			v.Warnings = append(v.Warnings, "break-glass needs two who can open it")
		}
		if v.Where == "" && v.Kind != "registrar" {
			v.Warnings = append(v.Warnings, "it does not say where it is")
		}
		if !now.Before(v.DueAt) {
			v.Warnings = append(v.Warnings, "not tested for 90 days")
		}
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b AccessView) int {
		return cmp.Or(slices.Index(AccessKinds[:], a.Kind)-slices.Index(AccessKinds[:], b.Kind), plain.Natural(a.Name, b.Name), a.ID.Compare(b.ID))
	})
	return views
}

// AccessIDs lists the access facts in use.
func (s *State) AccessIDs() []ID { return s.live(ClassAccess) }

// AccessDue gives when an access fact last worked, and when it must be tried
// again: at once where it never did.
func (s *State) AccessDue(id ID) (tested, dueAt time.Time) {
	item := s.Items[id]
	if tested, ok := item.Fields.when(AccessTested); ok {
		return tested, tested.Add(AccessTestEvery)
	}
	return time.Time{}, viewMilli(item.Added.Recorded())
}
