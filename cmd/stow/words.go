package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"stowage/crypt"
)

// explanation puts an error into words: one sentence that says what happened,
// that nothing was lost (or what was), and what to do next. In the
// text, {} stands for what the error is about.
type explanation struct {
	is    error
	code  exitCode
	about string // what it is about when the command does not say
	text  string
}

// explanations are tried in order; the first whose error is in the chain wins.
var explanations = []explanation{
	{context.Canceled, exitCancelled, "", "Stopped; nothing half-done was left behind."},
	{errCancelled, exitCancelled, "", "Stopped; nothing was changed."},

	{errNoSchool, exitNoSchool, "The school's folder", "{} is not set; give it with --school DIR, or set it for good with: stow school use DIR"},
	{errNoTerminal, exitUsage, "the passphrase", "There is no terminal on which to ask for {}; give it with a --…passphrase-file flag."},
	{errEmptyPassphrase, exitUsage, "the passphrase", "An empty line was given for {}; nothing was changed, so give the passphrase and try again."},
	{errLongPassphrase, exitUsage, "the passphrase", "What was given for {} is longer than 1024 bytes, so it is hardly a passphrase; nothing was changed, so check the file and try again."},
	{errNotTheSame, exitUsage, "the passphrase", "The two entries for {} are not the same; nothing was changed, so type it again."},

	{crypt.ErrExists, exitExists, "The file", "{} exists already and was left as it is; choose another name, or add --force to replace it."},
	{crypt.ErrPassphrase, exitPassphrase, "it", "The passphrase for {} is wrong; nothing was changed, so try again."},
	{crypt.ErrNoIdentity, exitWrongKey, "it", "This key does not open {}, which was encrypted for someone else; nothing was changed, so try another key or ask ICT."},
	{crypt.ErrNotAge, exitNotAge, "The file", "{} is not an encrypted (age) file; nothing was changed."},
	{crypt.ErrDamaged, exitDamaged, "The file", "{} is damaged or was altered, so nothing was written; get another copy of it, or ask ICT."},

	{fs.ErrNotExist, exitNotFound, "A file", "{} is not there; nothing was changed, so check the name."},
	{fs.ErrExist, exitExists, "The file", "{} exists already and was left as it is; choose another name."},
	{fs.ErrPermission, exitPermission, "the file", "The system does not allow access to {}; nothing was changed, so check its permissions or ask ICT."},
}

// explain returns the exit code for err and the sentence for the person.
func (a *app) explain(err error) (exitCode, string) {
	if u, ok := errors.AsType[*usageError](err); ok {
		return exitUsage, fmt.Sprintf("%s; see: stow help", u.message)
	}
	if c, ok := errors.AsType[*badConfig](err); ok {
		return exitUsage, fmt.Sprintf("The config file %s is not in order (%v); correct it or remove it.", c.path, c.err)
	}
	subject := ""
	if s, ok := errors.AsType[*subjectError](err); ok {
		subject = s.subject
	}
	for _, e := range explanations {
		if errors.Is(err, e.is) {
			return e.code, capital(strings.ReplaceAll(e.text, "{}", cmp.Or(subject, e.about)))
		}
	}
	return exitFailed, fmt.Sprintf("This did not work: %v.", err)
}

// capital makes the first letter of a sentence a capital.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
