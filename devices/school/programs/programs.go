// Package programs keeps the programs that ICT approved for sticks: their list, signed by the school, and the files
// under their digests. What the school did not sign is not listed.
package programs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/crypt/stick/release"
	"stowage/devices/school/internal/files"
)

// School is what is needed of a school: its folder, and who signs. A *school.School is one.
type School interface {
	Dir() string
	Directory() (*keys.Directory, error)
	Authority() (*keys.Authority, error)
	Now() time.Time
}

// Where the programs are that ICT approved for sticks, in the school's own folder: only ICT
// writes there, so nobody can put an older list in the place of a newer one.
const (
	File   = "programs.note" // the list, signed by the school
	Folder = "programs"      // the programs, under the digests that the list says
)

// intro is the first line of the list's text; JSON follows.
const intro = "stowage programs v1\n"

// maxProgram bounds what is read as a program, in bytes.
const maxProgram = 256 << 20

// ErrNoProgram: the school has no such program for its sticks.
var ErrNoProgram = errors.New("the school has no such program for its sticks")

// programList is what the school signed.
type programList struct {
	School   string          `json:"school"`
	Signed   time.Time       `json:"signed"`
	Programs []stick.Program `json:"programs"`

	more bool // it says more than this version knows
}

// List are those that ICT approved for sticks, in the order of stick.ProgramNames; none is no error. A
// list that is not the school's is keys.ErrForged or keys.ErrOtherSchool, and one of a later version keys.ErrNewer.
func List(s School) ([]stick.Program, error) {
	d, err := s.Directory()
	if err != nil {
		return nil, err
	}
	list, err := read(s, d.Verifier)
	if err != nil {
		return nil, fmt.Errorf("read the list of programs: %w", err)
	}
	return list.Programs, nil
}

func read(s School, verifier string) (list programList, err error) {
	msg, err := files.ReadAtMost(filepath.Join(s.Dir(), File), 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return list, nil
	}
	if err != nil {
		return list, err
	}
	text, err := keys.OpenNote(msg, verifier)
	if err != nil {
		return list, err
	}
	body, ok := strings.CutPrefix(text, intro)
	switch {
	case !ok && files.LaterVersion(text, intro):
		return list, keys.ErrNewer
	case !ok:
		return list, fmt.Errorf("%w: it says something else", keys.ErrForged)
	}
	var more bool
	if list, more, err = keys.ReadJSON([]byte(body), programList{}); err != nil {
		return list, err
	}
	list.more = more
	for _, p := range list.Programs {
		if p.Name != "" && Rank(p.Name) < 0 {
			return list, fmt.Errorf("%w: it lists %q", keys.ErrNewer, p.Name)
		}
		if err := p.Check(); err != nil {
			return list, err
		}
	}
	slices.SortStableFunc(list.Programs, func(a, b stick.Program) int { return Rank(a.Name) - Rank(b.Name) })
	return list, nil
}

// Rank is where a program stands among those that there can be.
func Rank(name string) int { return slices.Index(stick.ProgramNames(), name) }

// Add approves a released program, in the file at path, for sticks: it is copied into the school's
// folder, in the place of an older or newer one for the same system, and the list is signed anew. What it is
// is read from the file: for Windows and Linux it must be the window, for macOS stow. It needs the authority, and fails
// with release.ErrNotProgram. Progress counts bytes; p may be nil.
func Add(ctx context.Context, s School, path string, p crypt.Progress) (stick.Program, error) {
	added, err := add(ctx, s, path, crypt.OrNoProgress(p))
	if err != nil {
		return stick.Program{}, fmt.Errorf("add a program for sticks: %w", err)
	}
	return added, nil
}

func add(ctx context.Context, s School, path string, p crypt.Progress) (stick.Program, error) {
	a, err := s.Authority()
	if err != nil {
		return stick.Program{}, err
	}
	list, err := read(s, a.Verifier())
	if err != nil {
		return stick.Program{}, err
	}
	added, err := identify(ctx, path, p)
	if err != nil {
		return stick.Program{}, err
	}
	if list.more { // before anything is copied
		return stick.Program{}, errMorePrograms
	}
	if err := keep(ctx, s, path, added, p); err != nil {
		return stick.Program{}, err
	}
	rest, old := withoutProgram(list.Programs, added.Name)
	list.Programs = append(rest, added)
	if err := sign(s, a, list); err != nil {
		return stick.Program{}, err
	}
	if old != nil && old.SHA256 != added.SHA256 {
		_ = os.Remove(pathOf(s, *old)) // nothing depends on it
	}
	return added, nil
}

// identify says what the program in a file is.
func identify(ctx context.Context, path string, p crypt.Progress) (stick.Program, error) {
	f, err := os.Open(path)
	if err != nil {
		return stick.Program{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return stick.Program{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxProgram {
		return stick.Program{}, release.ErrNotProgram
	}
	p.Expect(2 * info.Size())
	sum := sha256.New()
	size := &counter{}
	what, err := release.Read(crypt.Reader(ctx, io.TeeReader(io.LimitReader(f, maxProgram+1), io.MultiWriter(sum, size)), p))
	if err != nil {
		return stick.Program{}, err
	}
	name, ok := map[release.Program]string{
		{Name: "stowage", System: release.Windows}: stick.WindowsProgram,
		{Name: "stowage", System: release.Linux}:   stick.LinuxProgram,
		{Name: "stow", System: release.MacOS}:      stick.MacProgram,
	}[release.Program{Name: what.Name, System: what.System}]
	if !ok {
		return stick.Program{}, fmt.Errorf("%w: %s for %s is not put on sticks", release.ErrNotProgram, what.Name, what.System)
	}
	added := stick.Program{Name: name, Version: what.Version, Size: size.n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return added, added.Check()
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// keep copies a program into the school's folder. It appears there when it is complete.
func keep(ctx context.Context, s School, path string, added stick.Program, p crypt.Progress) error {
	if err := os.Mkdir(filepath.Join(s.Dir(), Folder), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := safefile.Create(pathOf(s, added), true)
	if err != nil {
		return err
	}
	defer out.Discard()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, sum), crypt.Reader(ctx, io.LimitReader(from, added.Size+1), p)); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != added.SHA256 {
		return fmt.Errorf("%s: %w", path, stick.ErrChanged)
	}
	return out.Commit()
}

// pathOf is where a program lies. Its digest was checked to be one.
func pathOf(s School, p stick.Program) string {
	return filepath.Join(s.Dir(), Folder, p.SHA256)
}

// withoutProgram returns the list without the program of a name, and that one.
func withoutProgram(list []stick.Program, name string) (rest []stick.Program, was *stick.Program) {
	for _, p := range list {
		if p.Name == name {
			was = &p
		} else {
			rest = append(rest, p)
		}
	}
	return rest, was
}

// errMorePrograms: whoever signed the list anew would lose what is not known of it.
var errMorePrograms = fmt.Errorf("the list of programs says more than this version knows: %w", keys.ErrNewer)

// sign writes the list.
func sign(s School, a *keys.Authority, list programList) error {
	if list.more {
		return errMorePrograms
	}
	list.School, list.Signed = a.School(), s.Now()
	var text bytes.Buffer
	text.WriteString(intro)
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	if err := e.Encode(list); err != nil {
		return fmt.Errorf("write the list of programs: %w", err)
	}
	msg, err := a.Sign(text.String())
	if err != nil {
		return fmt.Errorf("sign the list of programs: %w", err)
	}
	return safefile.Write(filepath.Join(s.Dir(), File), msg, true)
}

// Remove takes a program off the list, so that it is put on no more sticks; those that
// carry it keep it. It needs the authority, and fails with [ErrNoProgram].
func Remove(s School, name string) error {
	a, err := s.Authority()
	if err != nil {
		return fmt.Errorf("remove a program: %w", err)
	}
	list, err := read(s, a.Verifier())
	if err != nil {
		return fmt.Errorf("remove a program: %w", err)
	}
	rest, was := withoutProgram(list.Programs, name)
	if was == nil {
		return fmt.Errorf("remove %q: %w", name, ErrNoProgram)
	}
	list.Programs = rest
	if err := sign(s, a, list); err != nil {
		return fmt.Errorf("remove a program: %w", err)
	}
	_ = os.Remove(pathOf(s, *was)) // nothing depends on it
	return nil
}

// Named are the programs of these names, to be put on a stick. It fails with [ErrNoProgram].
func Named(s School, names []string) ([]stick.NewProgram, error) {
	if len(names) == 0 {
		return nil, nil
	}
	all, err := List(s)
	if err != nil {
		return nil, err
	}
	var list []stick.NewProgram
	for _, name := range names {
		i := slices.IndexFunc(all, func(p stick.Program) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%q: %w", name, ErrNoProgram)
		}
		list = append(list, New(s, all[i]))
	}
	return list, nil
}

// New is a program of the list, to be put on a stick.
func New(s School, p stick.Program) stick.NewProgram {
	return stick.NewProgram{Program: p, Open: func() (io.ReadCloser, error) {
		f, err := os.Open(pathOf(s, p))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%q: %w: its file is missing", p.Name, ErrNoProgram)
		}
		return f, err
	}}
}
