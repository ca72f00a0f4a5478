//go:build !linux && !windows && !darwin

package drives

import (
	"context"
	"errors"
	"fmt"
	"runtime"
)

// errUnsupported says that this system's drives are not known here.
var errUnsupported = fmt.Errorf("drives on %s: %w", runtime.GOOS, errors.ErrUnsupported)

func list(context.Context) ([]Drive, error)     { return nil, errUnsupported }
func at(context.Context, string) (Drive, error) { return Drive{}, errUnsupported }
func eject(context.Context, Drive) error        { return errUnsupported }
func fingerprint() (string, error)              { return "", errUnsupported }
