package registercmd

import "stowage/gui/explain"

// Errors are the errors that only these commands have.
func Errors() []explain.Row {
	return []explain.Row{
		{Is: errNoIncident, Code: explain.NotFound, About: "this incident", Sentence: "{} is no incident, so nothing was changed; look with: stow incident list --all"},
		{Is: errNoListing, Code: explain.NotFound, About: "the incident", Sentence: "Nothing is on record of what was on the device of {}."},
	}
}
