package reportcmd

import "stowage/gui/explain"

// Errors are the errors that only these commands have.
func Errors() []explain.Row {
	return []explain.Row{
		{Is: errNoICT, Code: explain.NoSchool, About: "this computer", Sentence: "Nothing on {} tells which school's ICT the report is for, so it cannot be encrypted to them and nothing was written; ring them, as the slip that came with the device says, or write the report as text with: stow report lost --plain FILE"},
		{Is: errNoReport, Code: explain.NotFound, About: "this report", Sentence: "{} is not in the inbox, so nothing was changed; look with: stow report inbox"},
	}
}
