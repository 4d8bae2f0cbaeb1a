package model

import (
	"cmp"
	"slices"
	"strings"
)

// findRoomItem reads what a person typed for an item of the room: its name, its
// id or the start of it, or a part of the name that fits one alone. what is the
// thing in words. Where the room has one alone, nothing needs to be typed.
func (s *State) findRoomItem(text, what, nameField string, classes ...string) (ID, *Item, error) {
	want := strings.ToLower(strings.TrimSpace(text))
	var all, exact, part []ID
	for _, class := range classes {
		for _, id := range s.itemsOf(class) {
			item := s.Items[id]
			name := strings.ToLower(item.Fields.Text(nameField))
			full := strings.ToLower(id.String())
			switch {
			case want != "" && (name == want || full == want):
				exact = append(exact, id)
			case len(want) >= minPrefix && strings.HasPrefix(full, want), want != "" && strings.Contains(name, want):
				part = append(part, id)
			}
			if item.Fields.Text(ItemRetired) == "" {
				all = append(all, id)
			}
		}
	}
	for _, found := range [][]ID{exact, part} {
		if len(found) == 1 {
			return found[0], s.Items[found[0]], nil
		}
		if len(found) > 1 {
			return ID{}, nil, refuse("%q fits %d %s: %s", text, len(found), plural(what), s.itemNames(nameField, found))
		}
	}
	switch {
	case want == "" && len(all) == 1:
		return all[0], s.Items[all[0]], nil
	case len(all) == 0:
		return ID{}, nil, refuse("the room has no %s yet", what)
	case want == "":
		return ID{}, nil, refuse("the room has %d %s; say which: %s", len(all), plural(what), s.itemNames(nameField, all))
	}
	return ID{}, nil, refuse("there is no %s %.60q in this room; known are: %s", what, text, s.itemNames(nameField, all))
}

func (s *State) itemNames(field string, ids []ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = either(s.Items[id].Fields.Text(field), "an unnamed one") + " (" + id.Short(2*minPrefix) + ")"
	}
	slices.Sort(names)
	if more := len(names) - maxNamed; more > 0 {
		return strings.Join(names[:maxNamed], ", ") + " and " + count(more, "other")
	}
	return strings.Join(names, ", ")
}

// ItemRetired is the field of an item of the room that is not used any more: it
// says why. The item stays in the record.
const ItemRetired = "retired"

// live lists the items of a class that are still used, in the order they were
// added.
func (s *State) live(class string) []ID {
	return slices.DeleteFunc(s.itemsOf(class), func(id ID) bool { return s.Items[id].Fields.Text(ItemRetired) != "" })
}

// itemsOf lists the items of the room of a class that have arrived, in the order
// they were added, as Items.Of does, without looking at all there are.
func (s *State) itemsOf(class string) []ID { return slices.Clone(s.classes[class]) }

// classify takes up an item of the room that has arrived.
func (s *State) classify(id ID, item *Item) {
	if s.classes == nil {
		s.classes = map[string][]ID{}
	}
	list := s.classes[item.Class]
	at, found := slices.BinarySearchFunc(list, id, func(a, b ID) int { return cmp.Or(s.Items[a].Added.Compare(s.Items[b].Added), a.Compare(b)) })
	if !found {
		s.classes[item.Class] = slices.Insert(list, at, id)
	}
}
