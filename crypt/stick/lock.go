package stick

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/stickpath"
)

// lockStick takes the stick's lock: an exclusive one to write, a shared one to
// read, where a lock file is. Beside it stands who has the stick open for
// writing, for the next one to see: the program, its process and since when.
// If the one before did not end, interrupted is since when it had the stick.
func lockStick(fsys FS, o *OpenOptions) (lock io.Closer, interrupted time.Time, err error) {
	lock, err = fsys.Lock(layout.Lock, !o.ReadOnly)
	switch {
	case errors.Is(err, ErrInUse):
		return nil, interrupted, readOwner(fsys)
	case o.ReadOnly && errors.Is(err, fs.ErrNotExist):
		return io.NopCloser(nil), interrupted, nil
	case err != nil:
		return nil, interrupted, fmt.Errorf("lock the stick: %w", err)
	}
	if !o.ReadOnly {
		interrupted = readOwner(fsys).Since
		writeOwner(fsys, o)
	}
	return lock, interrupted, nil
}

// writeOwner says who has the stick. It is a courtesy: no error of it matters, and it is not synced.
func writeOwner(fsys FS, o *OpenOptions) {
	_ = fsys.Remove(layout.Owner)
	f, err := fsys.Create(layout.Owner)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(f, "program %s\nprocess %d\nsince %s\n", strings.Fields(o.Program + " stowage")[0], os.Getpid(), now(o.Clock).Format(time.RFC3339))
	_ = f.Close()
}

// readOwner returns what it can find out about who has the stick.
func readOwner(fsys FS) *InUseError {
	e := &InUseError{}
	data, _ := drive.ReadAll(fsys, layout.Owner, 4096)
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "program":
			e.Program = strings.ToValidUTF8(stickpath.Short(value), "")
		case "process":
			e.PID, _ = strconv.Atoi(value)
		case "since":
			e.Since, _ = time.Parse(time.RFC3339, value)
		}
	}
	return e
}

// now is the time as it stands on a stick: UTC, to the second.
func now(clock func() time.Time) time.Time { return clock().UTC().Truncate(time.Second) }
