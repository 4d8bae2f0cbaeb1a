package importer

import (
	"strings"

	"holdfast/model"
)

// Finder finds a person of a room by e-mail, else by a name that one alone has:
// see OnCallOptions.Person.
func Finder(people []model.PersonView) func(name, email string) (string, bool) {
	return func(name, email string) (string, bool) {
		var found []string
		for _, p := range people {
			if email != "" && (strings.EqualFold(p.Email, email) || strings.EqualFold(p.PrivateEmail, email)) {
				return p.ID.String(), true
			}
			if name != "" && strings.EqualFold(p.Name, strings.TrimSpace(name)) {
				found = append(found, p.ID.String())
			}
		}
		if len(found) != 1 {
			return "", false
		}
		return found[0], true
	}
}
