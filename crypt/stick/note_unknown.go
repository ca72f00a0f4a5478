package stick

import (
	"encoding/json"
	"maps"
)

// object is a JSON object, each member as it stands in the text.
type object map[string]json.RawMessage

// unknownIn returns those members of a JSON object that known, which was read from it, does not
// have; of objects in it likewise. It is nil when there are none.
func unknownIn(text []byte, known any) (object, error) {
	var all, ours object
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	again, err := json.Marshal(known)
	if err == nil {
		err = json.Unmarshal(again, &ours)
	}
	if err != nil {
		return nil, err
	}
	return without(all, ours), nil
}

// without returns the members of all that ours does not have, down through the objects that both have.
func without(all, ours object) object {
	var rest object
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
			continue // no objects
		}
		if inner := without(theirs, own); inner != nil {
			text, _ := json.Marshal(inner) // it was read from JSON
			keep(name, text)
		}
	}
	return rest
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
