package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"stowage/crypt/fault"
	"stowage/crypt/safefile"
	"stowage/devices/school"
	"stowage/gui/explain"
)

// coreRows are the errors of what all commands use.
var coreRows = []explain.Row{
	{Is: errCancelled, Code: explain.Cancelled, Sentence: "Stopped; nothing was changed."},
	{Is: errStartedFromStick, Code: explain.State, Sentence: "Stow was started from a stick and leaves this computer's settings as they are, so nothing was changed; start the stow that is installed here."},
	{Is: ErrNoTerminal, Code: explain.Usage, About: "the passphrase", Sentence: "There is no terminal on which to ask for the passphrase, so nothing was done; give it in a file with --passphrase-file (or the like; see --help)."},
	{Is: errEmptyPassphrase, Code: explain.Usage, Sentence: "The passphrase given is empty, so nothing was done; check what was typed or the file."},
	{Is: errNotText, Code: explain.Usage, Sentence: "The passphrase given is not in UTF-8, or in UTF-16 without its mark, so nothing was done; save the file anew as UTF-8 (in Notepad: Save as, Encoding)."},
	{Is: errLongPassphrase, Code: explain.Usage, Sentence: "The passphrase given is longer than 1024 bytes, so nothing was done; check the file."},
	{Is: ErrNotTheSame, Code: explain.Usage, Sentence: "The two entries are not the same, so nothing was changed; type the new passphrase again."},
}

// Explain returns the exit code for err and the sentence for the person.
func (a *App) Explain(err error) (explain.Code, string) {
	err = fault.Classify(err)
	subject := ""
	if s, ok := errors.AsType[*SubjectError](err); ok {
		subject = s.subject
	}
	if p, ok := errors.AsType[*school.PersonError](err); ok {
		subject = p.Who
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && (errors.Is(err, safefile.ErrInUse) || errors.Is(err, safefile.ErrPartInUse)) {
		subject = p.Path // of all that a command was given, the one to close
	}
	if code, text, ok := explainTyped(err, subject); ok {
		if isName(subject) && strings.HasPrefix(text, subject) {
			return code, text
		}
		return code, Capital(text)
	}
	if errors.Is(err, context.Canceled) { // whatever else failed by that
		return explain.Cancelled, "Stopped; nothing half-done was left behind."
	}
	if row, ok := explain.Find(err, a.rows...); ok {
		text := strings.ReplaceAll(row.Sentence, "{or}", orAdd(a.Command))
		text = strings.ReplaceAll(text, "{}", cmp.Or(subject, row.About))
		if strings.HasPrefix(row.Sentence, "{}") && isName(subject) {
			return row.Code, text // plain.age stays plain.age
		}
		return row.Code, Capital(text)
	}
	return explain.Failed, "This did not work: " + err.Error() + "."
}

// orAdd advises those flags for a name that is taken which the command has.
func orAdd(cmd *cobra.Command) string {
	var has []string
	for _, flag := range []string{"replace", "keep-both", "skip"} {
		if cmd != nil && cmd.Flags().Lookup(flag) != nil {
			has = append(has, "--"+flag)
		}
	}
	if len(has) == 0 {
		return ""
	}
	return ", or add " + strings.ReplaceAll(JoinAnd(has), " and ", " or ")
}

// isName reports whether a subject is the name of something, and no phrase.
func isName(subject string) bool {
	return subject != "" && !strings.HasPrefix(subject, "the ") && !strings.HasPrefix(subject, "standard ")
}

// Capital makes the first letter of a sentence a capital.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
