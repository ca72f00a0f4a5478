package devices

import (
	"fmt"
	"slices"
	"strings"
)

// State is where a device stands.
type State string

// The states of a device. A device is added in stock.
const (
	InStock   State = "in stock"  // ready to be issued
	Issued    State = "issued"    // with its holder
	Returned  State = "returned"  // back, not yet looked at
	Lost      State = "lost"      // nobody knows where
	Stolen    State = "stolen"    // taken by somebody
	Found     State = "found"     // turned up, not yet looked at
	Damaged   State = "damaged"   // does not work; still with its holder if on loan
	Retired   State = "retired"   // out of use, or written off
	Destroyed State = "destroyed" // known to hold nothing any more
)

// States lists every state in the order of a device's life.
func States() []State {
	return []State{InStock, Issued, Returned, Lost, Stolen, Found, Damaged, Retired, Destroyed}
}

// Missing reports whether nobody of the school has a device of that state: it is lost or stolen.
func (s State) Missing() bool { return s == Lost || s == Stolen }

// Action is something done to a device that its state allows or refuses.
type Action string

// The actions.
const (
	Issue   Action = "issue"   // hand it to a holder
	Extend  Action = "extend"  // give its holder longer
	Return  Action = "return"  // take it back
	Restock Action = "restock" // looked at, mended or wiped: ready to be issued
	Lose    Action = "lose"    // record that it is lost
	Steal   Action = "steal"   // record that it was stolen
	Find    Action = "find"    // record that it turned up
	Damage  Action = "damage"  // record that it does not work
	Retire  Action = "retire"  // take it out of use, or write it off
	Destroy Action = "destroy" // record that it was destroyed
)

// Actions lists every action in the order in which screens show them.
func Actions() []Action {
	return []Action{Issue, Extend, Return, Restock, Lose, Steal, Find, Damage, Retire, Destroy}
}

// transitions is the whole state machine: which action leads where.
//
// What is lost or stolen cannot be acted on before it is found, except to write
// it off. What was written off, or thought destroyed, may still turn up, and
// the register takes the fact rather than refuse it.
var transitions = map[State]map[Action]State{
	InStock:   {Issue: Issued, Lose: Lost, Steal: Stolen, Damage: Damaged, Retire: Retired, Destroy: Destroyed},
	Issued:    {Extend: Issued, Return: Returned, Lose: Lost, Steal: Stolen, Damage: Damaged, Retire: Retired, Destroy: Destroyed},
	Returned:  {Issue: Issued, Restock: InStock, Lose: Lost, Steal: Stolen, Damage: Damaged, Retire: Retired, Destroy: Destroyed},
	Lost:      {Find: Found, Steal: Stolen, Retire: Retired},
	Stolen:    {Find: Found, Lose: Lost, Retire: Retired},
	Found:     {Issue: Issued, Return: Returned, Restock: InStock, Lose: Lost, Steal: Stolen, Damage: Damaged, Retire: Retired, Destroy: Destroyed},
	Damaged:   {Return: Returned, Restock: InStock, Lose: Lost, Steal: Stolen, Retire: Retired, Destroy: Destroyed},
	Retired:   {Restock: InStock, Lose: Lost, Steal: Stolen, Find: Found, Destroy: Destroyed},
	Destroyed: {Find: Found},
}

// Next returns the state that action leads to from s, and false if s does not
// allow it.
func Next(s State, action Action) (State, bool) {
	next, ok := transitions[s][action]
	return next, ok
}

// Allowed lists the actions that s allows, in the order of [Actions].
func Allowed(s State) []Action {
	var allowed []Action
	for _, action := range Actions() {
		if _, ok := Next(s, action); ok {
			allowed = append(allowed, action)
		}
	}
	return allowed
}

// A Refusal is an action that a device's state does not allow.
type Refusal struct {
	Device  string // the device's id
	Name    string // its label, or else its serial
	State   State
	Action  Action
	Instead []Action // what its state does allow; never empty
}

func (e *Refusal) Error() string {
	instead := make([]string, len(e.Instead))
	for i, action := range e.Instead {
		instead[i] = string(action)
	}
	return fmt.Sprintf("cannot %s %s, which is %s; possible: %s", e.Action, e.Name, e.State, strings.Join(instead, ", "))
}

// ParseState reads a state by its name; hyphens count as spaces and case does
// not count.
func ParseState(text string) (State, error) {
	return parseName("state", text, States())
}

// ParseAction reads an action by its name.
func ParseAction(text string) (Action, error) {
	return parseName("action", text, Actions())
}

func parseName[T ~string](field, text string, all []T) (T, error) {
	name := T(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "-", " ")))
	if !slices.Contains(all, name) {
		return "", &InvalidError{Field: field, Value: shorten(text), Problem: "is none of " + joinNames(all)}
	}
	return name, nil
}

func joinNames[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, name := range all {
		names[i] = string(name)
	}
	return strings.Join(names, ", ")
}
