package cli

import (
	"errors"
	"strings"

	"stowage/gui/explain"
)

// errCancelled: the person stopped the command.
var errCancelled = errors.New("cancelled")

// SubjectError says what an error is about, in words for the person: "the
// stick at E:\" or "alice.age".
type SubjectError struct {
	subject string
	err     error
}

func (e *SubjectError) Error() string { return e.subject + ": " + e.err.Error() }
func (e *SubjectError) Unwrap() error { return e.err }

// On says what err is about; nil stays nil.
func On(subject string, err error) error {
	if err == nil {
		return nil
	}
	return &SubjectError{subject, err}
}

// jsonError is how an error looks with --json.
type jsonError struct {
	Error struct {
		Code    explain.Code `json:"code"`
		Name    string       `json:"name"`
		Message string       `json:"message"`
		Detail  string       `json:"detail,omitempty"`
	} `json:"error"`
}

// Report tells of an error on standard error and returns the exit status.
func (a *App) Report(err error) int {
	defer a.tellContact()
	if err == nil {
		return int(explain.OK)
	}
	if !a.Started {
		if _, known := errors.AsType[*usageError](err); !known {
			err = &usageError{err.Error()}
		}
	}
	code, message := a.Explain(err)
	if a.JSON {
		var j jsonError
		j.Error.Code, j.Error.Name, j.Error.Message = code, code.Name(), message
		j.Error.Detail = err.Error()
		_ = writeJSON(a.Stderr, j, "")
		return int(code)
	}
	a.saidICT = a.saidICT || strings.Contains(message, "ICT")
	a.note("%s", message)
	return int(code)
}
