// Package program is about the programs that ICT puts at the top of a stick:
// what a note may say of one, how one is written and read back, and how those on
// a drive compare with what the school signed for.
//
// It promises that a program under its name is whole and the right one if [Write]
// returned no error. Who signs, and what is replaced when, package stick decides.
package program

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"stowage/crypt"
	"stowage/crypt/stick/internal/aside"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
)

// The programs that ICT may put on a stick. A stick carries them at its top, where people find them.
const (
	Windows = "Stowage.exe"
	Linux   = "stowage-linux"
	Mac     = "stow-macos"
)

// Names returns the names of the programs, in the order in which they are listed.
func Names() []string { return []string{Windows, Linux, Mac} }

// maxProgram bounds a program, in bytes.
const maxProgram = 256 << 20

// ErrProgram: a program is not the one that the school signed for.
var ErrProgram = errors.New("not the program that the school signed for")

// Program is a program that the school put on the stick, as its note says.
type Program struct {
	Name    string `json:"name"`    // one of [ProgramNames]
	Version string `json:"version"` // of the program, as in package semver of golang.org/x/mod
	Size    int64  `json:"size"`    // bytes
	SHA256  string `json:"sha256"`  // hexadecimal
	// Was is the SHA-256 of the program that this one replaced, if any: a stick on which
	// replacing it was interrupted carries that one, which is the school's too.
	Was string `json:"was_sha256,omitempty"`
}

// Check refuses what cannot be a program: it comes from a note or a file. The error is an [ErrProgram].
func (p Program) Check() error {
	switch {
	case !slices.Contains(Names(), p.Name):
		return fmt.Errorf("%w: its name is none of %s", ErrProgram, strings.Join(Names(), ", "))
	case !layer.IsDigest(p.SHA256) || p.Was != "" && !layer.IsDigest(p.Was):
		return fmt.Errorf("%w: %s has no digest", ErrProgram, p.Name)
	case p.Size < 1 || p.Size > maxProgram:
		return fmt.Errorf("%w: %s cannot have %d bytes", ErrProgram, p.Name, p.Size)
	case p.Version == "" || len(p.Version) > 100 || strings.ContainsFunc(p.Version, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("%w: %s has no version", ErrProgram, p.Name)
	}
	return nil
}

// CheckList refuses a list that a note cannot have. Names that a newer version of
// this program may know are let pass.
func CheckList(list []Program) error {
	seen := map[string]bool{}
	for _, p := range list {
		if seen[p.Name] {
			return fmt.Errorf("%w: %q is listed twice", ErrProgram, p.Name)
		}
		seen[p.Name] = true
		if slices.Contains(Names(), p.Name) {
			if err := p.Check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// NewProgram is a program to be put on a stick.
type NewProgram struct {
	Program
	Open func() (io.ReadCloser, error) // its content
}

// ListOf is what a new stick's note says of its programs.
func ListOf(list []NewProgram) []Program {
	var all []Program
	for _, program := range list {
		program.Was = ""
		all = append(all, program.Program)
	}
	return all
}

// CheckNew refuses programs that a new stick cannot have, or that its drive has no room for.
func CheckNew(fsys drive.FS, list []NewProgram) error {
	if len(list) == 0 {
		return nil
	}
	free, _, err := fsys.Free()
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	var need int64
	for _, program := range list {
		if err := program.Check(); err != nil {
			return err
		}
		need += program.Size
		if info, err := fsys.Stat(program.Name); err == nil {
			free += info.Size() // it is replaced
		}
	}
	if need > free {
		return &drive.NoSpaceError{Need: need, Free: free}
	}
	return CheckList(ListOf(list))
}

// WriteNew puts programs at the top of a drive that is to become a stick; those that are there already are
// left alone, and what else has their names is moved beside, under the names in kept. It does ahead what takes long
// about issuing, and returns the names that it wrote, for the caller to remove should it come to nothing. When
// it fails, it has removed them. Progress counts bytes written and read back; p may be nil.
func WriteNew(ctx context.Context, fsys drive.FS, list []NewProgram, p crypt.Progress) (written, kept []string, err error) {
	p = crypt.OrNoProgress(p)
	var missing []NewProgram
	for _, program := range list {
		want := program.Program
		want.Was = ""
		if err := want.Check(); err != nil {
			return nil, nil, err
		}
		state, err := StateOf(ctx, fsys, want, crypt.NoProgress{})
		if err != nil {
			return nil, nil, err
		}
		if state != Good {
			p.Expect(2 * program.Size)
			missing = append(missing, program)
		}
	}
	for _, program := range missing {
		aside, err := setProgramAside(ctx, fsys, program)
		if aside != "" {
			kept = append(kept, aside)
		}
		if err == nil {
			err = Write(ctx, fsys, program.Name, program, p)
		}
		if err != nil {
			for _, name := range written {
				err = errors.Join(err, drive.IfThere(fsys.Remove(name)))
			}
			return nil, kept, err
		}
		written = append(written, program.Name)
	}
	return written, kept, nil
}

// setProgramAside makes room for a program.
func setProgramAside(ctx context.Context, fsys drive.FS, program NewProgram) (kept string, err error) {
	content, err := program.Open()
	if err != nil {
		return "", fmt.Errorf("read %s: %w", program.Name, err)
	}
	defer content.Close()
	return aside.Set(ctx, fsys, program.Name, content)
}

// State is how a program on a stick compares with the stick's note.
type State string

// The states of a program.
const (
	Good    State = "good"    // it is the one that the school signed for
	Older   State = "older"   // it is the school's, from before it was last replaced
	Missing State = "missing" // it is not there
	Changed State = "changed" // it is another, or cannot be read
	Unknown State = "unknown" // it is there, and the school put none of that name there
)

// Found is what CheckPrograms says of one program.
type Found struct {
	Program // of an unknown one the name and the size only
	State   State
}

// Strange reports whether somebody else than the school put the program there, as far
// as can be told.
func (f Found) Strange() bool { return f.State == Changed || f.State == Unknown }

// Compare compares the programs at the top of a drive with those that a note lists. It reads each of them to its
// end; progress counts these bytes, and p may be nil.
func Compare(ctx context.Context, fsys drive.FS, list []Program, p crypt.Progress) ([]Found, error) {
	p = crypt.OrNoProgress(p)
	entries, err := fsys.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("list programs: %w", err)
	}
	var found []Found
	for _, program := range list {
		if slices.Contains(Names(), program.Name) {
			p.Expect(program.Size)
			state, err := StateOf(ctx, fsys, program, p)
			if err != nil {
				return nil, fmt.Errorf("check %s: %w", program.Name, err)
			}
			found = append(found, Found{program, state})
		}
	}
	for _, e := range entries {
		listed := slices.ContainsFunc(list, func(p Program) bool { return SameName(p.Name, e.Name(), entries) })
		if listed || e.IsDir() || !IsName(e.Name()) {
			continue
		}
		unknown := Found{Program: Program{Name: e.Name()}, State: Unknown}
		if info, err := e.Info(); err == nil {
			unknown.Size = info.Size()
		}
		found = append(found, unknown)
	}
	return found, nil
}

// SameName reports whether a file is what a drive finds under a name. FAT and exFAT care not for case, and
// show a name as it was first written.
func SameName(name, file string, entries []fs.DirEntry) bool {
	if name == file || !strings.EqualFold(name, file) {
		return name == file
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name })
}

// StateOf compares one program with what the note says of it. The error is the
// context's or [drive.ErrGone].
func StateOf(ctx context.Context, fsys drive.FS, program Program, p crypt.Progress) (State, error) {
	info, err := fsys.Stat(program.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing, nil
	case errors.Is(err, drive.ErrGone):
		return "", err
	case err != nil || !info.Mode().IsRegular() || info.Size() > maxProgram:
		return Changed, nil
	case info.Size() != program.Size && program.Was == "":
		return Changed, nil
	}
	sum, err := Digest(ctx, fsys, program.Name, p)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, drive.ErrGone):
		return "", err
	case err != nil:
		return Changed, nil
	case sum == program.SHA256:
		return Good, nil
	case sum == program.Was:
		return Older, nil
	}
	return Changed, nil
}

// Digest returns the SHA-256 of a file of at most maxProgram bytes.
func Digest(ctx context.Context, fsys drive.FS, name string, p crypt.Progress) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, crypt.Reader(ctx, io.LimitReader(f, maxProgram+1), p))
	if err == nil && n > maxProgram {
		err = drive.ErrTooLarge
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}

// Write writes a program under a name that is free, syncs it, and reads it
// back. When it fails, nothing is left under that name.
func Write(ctx context.Context, fsys drive.FS, name string, program NewProgram, p crypt.Progress) (err error) {
	from, err := program.Open()
	if err != nil {
		return fmt.Errorf("read %s: %w", program.Name, err)
	}
	defer from.Close()
	to, err := fsys.Create(name)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = fsys.Remove(name)
		}
	}()
	sum := sha256.New()
	_, err = io.Copy(struct{ io.Writer }{io.MultiWriter(to, sum)}, crypt.Reader(ctx, io.LimitReader(from, program.Size+1), p))
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != program.SHA256 {
		err = ErrProgram
	}
	if err == nil {
		err = to.Sync()
	}
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = fsys.SyncDir(drive.Parent(name))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	read, err := Digest(ctx, fsys, name, p)
	if err == nil && read != program.SHA256 {
		err = fmt.Errorf("%w: %w", aside.ErrNotVerified, layer.ErrDamaged)
	}
	if err != nil {
		return fmt.Errorf("read %s again: %w", name, err)
	}
	return nil
}

// IsName reports whether a file at the top of the drive is the program that
// ICT may put on a stick.
func IsName(base string) bool {
	switch strings.TrimSuffix(strings.ToLower(base), ".exe") {
	case "stowage", "stow", "stowage-linux", "stow-linux", "stow-macos", "stowage-macos":
		return true
	}
	return false
}
