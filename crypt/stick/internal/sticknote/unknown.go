package sticknote

import (
	"encoding/json"
	"maps"
)

// object is a JSON object, each member as it stands in the text.
type object map[string]json.RawMessage

// unknownIn returns those members of a JSON object that known, which was read from it, does not
// have; of objects in it likewise. It is nil when there are none. lists reports that objects in a
// list have such members, which are not among those returned.
func unknownIn(text []byte, known any) (rest object, lists bool, err error) {
	var all, ours object
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, false, err
	}
	again, err := json.Marshal(known)
	if err == nil {
		err = json.Unmarshal(again, &ours)
	}
	if err != nil {
		return nil, false, err
	}
	rest, lists = without(all, ours)
	return rest, lists, nil
}

// without returns the members of all that ours does not have, down through the objects that both have,
// and reports whether objects in lists have more as well.
func without(all, ours object) (rest object, lists bool) {
	keep := func(name string, value json.RawMessage) {
		if rest == nil {
			rest = object{}
		}
		rest[name] = value
	}
	for name, value := range all {
		mine, known := ours[name]
		if !known {
			keep(name, value)
			continue
		}
		var theirs, own object
		if json.Unmarshal(value, &theirs) != nil || json.Unmarshal(mine, &own) != nil {
			lists = lists || listSaysMore(value, mine)
			continue // no objects
		}
		inner, inLists := without(theirs, own)
		lists = lists || inLists
		if inner != nil {
			text, _ := json.Marshal(inner) // it was read from JSON
			keep(name, text)
		}
	}
	return rest, lists
}

// listSaysMore reports whether an object of a list has members that the same of ours does not have.
func listSaysMore(all, ours json.RawMessage) bool {
	var theirs, own []object
	if json.Unmarshal(all, &theirs) != nil || json.Unmarshal(ours, &own) != nil || len(theirs) != len(own) {
		return false
	}
	for i := range theirs {
		if rest, lists := without(theirs[i], own[i]); rest != nil || lists {
			return true
		}
	}
	return false
}

// withUnknown writes known as JSON, and what it does not have from unknown.
func withUnknown(known any, unknown object) ([]byte, error) {
	if len(unknown) == 0 {
		return json.MarshalIndent(known, "", "  ")
	}
	text, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	var ours object
	if err := json.Unmarshal(text, &ours); err != nil {
		return nil, err
	}
	return json.MarshalIndent(merged(ours, unknown), "", "  ")
}

// merged adds to ours what only the other has.
func merged(ours, other object) object {
	all := maps.Clone(ours)
	for name, value := range other {
		mine, both := ours[name]
		if !both {
			all[name] = value
			continue
		}
		var inner, own object
		if json.Unmarshal(value, &inner) == nil && json.Unmarshal(mine, &own) == nil {
			text, _ := json.Marshal(merged(own, inner)) // both were read from JSON
			all[name] = text
		}
	}
	return all
}
