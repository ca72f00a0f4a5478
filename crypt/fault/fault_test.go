package fault_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"stowage/crypt/fault"
)

// TestMeanings wraps what the system says as package os does.
func TestMeanings(t *testing.T) {
	for is, all := range systemErrors {
		for _, said := range all {
			err := fmt.Errorf("write layer 7: %w", &fs.PathError{Op: "write", Path: "7.age", Err: said})
			if got := fault.Of(err); got != is {
				t.Errorf("%v (%d) means %v, not %v", said, said, is, got)
			}
			class := fault.Classify(err)
			if !errors.Is(class, is) || !errors.Is(class, said) {
				t.Errorf("%v became %v", said, class)
			}
			if again := fault.Classify(class); again != class { //nolint:errorlint // it must not be wrapped twice
				t.Errorf("classified again it is %v", again)
			}
		}
	}
}

func TestWhatIsNoFault(t *testing.T) {
	for _, err := range []error{nil, io.EOF, io.ErrUnexpectedEOF, fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, os.ErrClosed, errors.New("odd")} {
		if got := fault.Of(err); got != nil {
			t.Errorf("%v means %v", err, got)
		}
		if got := fault.Classify(err); got != err { //nolint:errorlint // it must stay itself
			t.Errorf("%v became %v", err, got)
		}
	}
	if got := fault.Classify(fault.ErrFull); strings.Count(got.Error(), "full") != 1 {
		t.Errorf("%v", got)
	}
}
