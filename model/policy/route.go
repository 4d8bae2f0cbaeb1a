package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Ways an alert or a message takes. Calls, SMS and messengers are made by people.
const (
	WayPager  = "pager"
	WayChat   = "chat"
	WayMail   = "mail"
	WayTicket = "ticket"
)

var routeWays = []string{WayPager, WayChat, WayMail, WayTicket, "phone", "sms", "messenger"}

// Route gives the row of a class of alerts, named as the policy or as another
// system calls it; false where no row has the name.
func (p *Policy) Route(name string) (Route, bool) {
	name = strings.TrimSpace(name)
	for _, r := range p.Routing {
		if strings.EqualFold(r.Class, name) {
			return r, true
		}
	}
	for _, r := range p.Routing {
		if slices.ContainsFunc(r.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return r, true
		}
	}
	return Route{}, false
}

// Has reports whether an alert of the class goes out over a way.
func (r Route) Has(way string) bool { return slices.Contains(r.Ways, way) }

func (p *Policy) checkRouting() error {
	classes, names := map[string]bool{}, map[string]string{}
	for _, r := range p.Routing {
		switch {
		case r.Class == "" || len(r.Ways) == 0:
			return fmt.Errorf("routing: a class needs a name and at least one way")
		case classes[strings.ToLower(r.Class)]:
			return fmt.Errorf("routing: class %s is there twice", r.Class)
		case r.Fallback == "":
			return fmt.Errorf("routing: class %s has no second path for when its ways are down", r.Class)
		case r.Has(r.Fallback):
			return fmt.Errorf("routing: the second path of class %s is %s, which is its first one too; name another", r.Class, r.Fallback)
		case r.Severity != "" && !slices.Contains(Levels[:], r.Severity):
			return fmt.Errorf("routing: class %s: severity %q is no level", r.Class, r.Severity)
		}
		for _, way := range r.Ways {
			if !slices.Contains(routeWays, way) {
				return fmt.Errorf("routing: class %s: way %q is not known; it is one of %s", r.Class, way, strings.Join(routeWays, ", "))
			}
		}
		classes[strings.ToLower(r.Class)] = true
		for _, name := range r.Names {
			if other := names[strings.ToLower(name)]; other != "" {
				return fmt.Errorf("routing: %q means %s and %s; keep one", name, other, r.Class)
			}
			names[strings.ToLower(name)] = r.Class
		}
	}
	return bounded("routing", len(p.Routing))
}
