package screens

import (
	"stowage/gui/parts"
	"stowage/gui/words"
)

// Explain puts an error into words for people: gui.Options.Explain. It returns false
// for what it does not know, which the window then shows as unexpected.
func Explain(w *words.Words, err error) (parts.Message, bool) {
	return parts.Message{}, false
}
