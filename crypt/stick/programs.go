package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/program"
)

// CheckPrograms compares the programs at the top of a drive with the stick's note,
// whose signature the caller has checked: see [Inspect]. It reads each of them to its
// end; progress counts these bytes, and p may be nil. A program that says of itself that it is
// in order says nothing: this is for a computer of the school's that has its own.
func CheckPrograms(ctx context.Context, fsys FS, n Note, p crypt.Progress) ([]ProgramFound, error) {
	return program.Compare(ctx, fsys, n.Programs, p)
}

// ProgramsOptions are the options of [Stick.SetPrograms].
type ProgramsOptions struct {
	School   Signer         // signs the note; must be the stick's school
	Programs []NewProgram   // all that the stick is to carry
	Progress crypt.Progress // bytes written and read back; may be nil
}

// SetPrograms has the stick carry these programs and no others, and the note say so.
// What is there already is left alone; whatever else lies under a name of a
// program is removed, whoever put it there.
//
// A name on FAT cannot change its content at one moment. So a new program is first
// written whole beside the old one; then the note is signed, which knows both; and
// then the new one takes the place of the old. An interruption before the note leaves all as it was. After
// it the stick carries the old program, which is the school's still, or none, or a torn one, which is reported as
// changed; the next opening for writing finishes the work. Cancelling is an
// interruption before the note, or comes too late.
func (s *Stick) SetPrograms(ctx context.Context, o ProgramsOptions) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if o.School.Verifier() != s.unlocked.verifier {
		return keys.ErrOtherSchool
	}
	if err := s.setPrograms(ctx, o); err != nil {
		return fmt.Errorf("put programs on the stick: %w", err)
	}
	return nil
}

func (s *Stick) setPrograms(ctx context.Context, o ProgramsOptions) error {
	p := crypt.OrNoProgress(o.Progress)
	note := s.Note()
	note.Programs = s.nextPrograms(o.Programs)
	if err := program.CheckList(note.Programs); err != nil {
		return err
	}
	missing, err := s.missingPrograms(ctx, o.Programs)
	if err != nil {
		return err
	}
	staged, err := s.stage(ctx, missing, p)
	if err != nil {
		return errors.Join(err, s.unstage(staged))
	}
	if !slices.Equal(note.Programs, s.Note().Programs) {
		if err := s.replaceNote(note, o.School); err != nil {
			return errors.Join(err, s.unstage(staged))
		}
	}
	ctx = context.WithoutCancel(ctx) // the note is in force
	if err := s.removeOthers(note.Programs); err != nil {
		return err
	}
	return s.finishPrograms(ctx, p)
}

// nextPrograms is what the note is to say. A program that was replaced lately stays
// known, as is the one that is replaced now, and what only a newer version knows.
func (s *Stick) nextPrograms(list []NewProgram) []Program {
	var next []Program
	for _, before := range s.note.Programs {
		if !slices.Contains(ProgramNames(), before.Name) {
			next = append(next, before)
		}
	}
	for _, program := range list {
		entry := program.Program
		entry.Was = ""
		for _, before := range s.note.Programs {
			switch {
			case before.Name != entry.Name:
			case before.SHA256 == entry.SHA256:
				entry = before
			default:
				entry.Was = before.SHA256
			}
		}
		next = append(next, entry)
	}
	return next
}

// missingPrograms are those that are not on the stick as they should be, when there is room for them.
func (s *Stick) missingPrograms(ctx context.Context, list []NewProgram) (missing []NewProgram, err error) {
	var need int64
	for _, one := range list {
		want := one.Program
		want.Was = ""
		if err := want.Check(); err != nil {
			return nil, err
		}
		state, err := program.StateOf(ctx, s.fs, want, crypt.NoProgress{})
		if err != nil {
			return nil, err
		}
		if state != ProgramGood {
			missing = append(missing, one)
			need += 2 * one.Size // beside the old one, and in its place
			if info, err := s.fs.Stat(one.Name); err == nil {
				need -= info.Size()
			}
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return missing, s.checkSpace(need)
}

// stage writes programs beside those that they are to replace. It returns what it
// wrote, also when it fails.
func (s *Stick) stage(ctx context.Context, list []NewProgram, p crypt.Progress) (staged []string, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	if err := s.fs.Mkdir(layout.Programs); err == nil {
		err = s.fs.SyncDir(layout.Base)
		if err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for _, program := range list {
		p.Expect(4 * program.Size) // written and read back, twice
	}
	for _, one := range list {
		name := path.Join(layout.Programs, one.Name)
		if err := drive.IfThere(s.fs.Remove(name)); err != nil {
			return staged, err
		}
		if err := program.Write(ctx, s.fs, name, one, p); err != nil {
			return staged, err
		}
		staged = append(staged, name)
	}
	return staged, nil
}

// unstage removes what stage wrote.
func (s *Stick) unstage(staged []string) error {
	var err error
	for _, name := range staged {
		err = errors.Join(err, drive.IfThere(s.fs.Remove(name)))
	}
	_ = s.fs.Remove(layout.Programs) // unless something is in it
	return err
}

// replaceNote signs the next note and puts it in the place of the one there.
func (s *Stick) replaceNote(note Note, school Signer) error {
	note.Generation++
	note.Issued = now(s.o.Clock)
	signed, err := note.Sign(school)
	if err != nil {
		return err
	}
	change := pair.Change{FS: s.fs}
	if err := s.writeNote(&change, signed); err != nil {
		return err
	}
	s.mu.Lock()
	s.note = note
	s.mu.Unlock()
	return change.Finish()
}

// removeOthers removes the programs that the note does not list.
func (s *Stick) removeOthers(list []Program) error {
	entries, err := s.fs.ReadDir(".")
	if err != nil {
		return err
	}
	removed := false
	for _, e := range entries {
		listed := slices.ContainsFunc(list, func(p Program) bool { return program.SameName(p.Name, e.Name(), entries) })
		if listed || e.IsDir() || !program.IsName(e.Name()) {
			continue
		}
		if err := s.fs.Remove(e.Name()); err != nil {
			return err
		}
		removed = true
	}
	if !removed {
		return nil
	}
	return s.fs.SyncDir(".")
}

// finishPrograms puts what stage wrote into place, if the note that is in force is
// the one it was written for, and removes it otherwise.
func (s *Stick) finishPrograms(ctx context.Context, p crypt.Progress) error {
	entries, err := s.fs.ReadDir(layout.Programs)
	if err != nil {
		return drive.IfThere(err)
	}
	for _, e := range entries {
		name := path.Join(layout.Programs, e.Name())
		i := slices.IndexFunc(s.note.Programs, func(p Program) bool { return p.Name == e.Name() })
		if i >= 0 {
			if err := s.placeProgram(ctx, name, s.note.Programs[i], p); err != nil {
				return err
			}
		}
		if err := drive.IfThere(s.fs.Remove(name)); err != nil {
			return err
		}
	}
	if err := s.fs.SyncDir(layout.Programs); err != nil {
		return err
	}
	return drive.IfThere(s.fs.Remove(layout.Programs))
}

// placeProgram puts a program that lies ready into its place, unless it is torn.
func (s *Stick) placeProgram(ctx context.Context, ready string, one Program, p crypt.Progress) error {
	sum, err := program.Digest(ctx, s.fs, ready, crypt.NoProgress{})
	if err != nil || sum != one.SHA256 {
		return err
	}
	state, err := program.StateOf(ctx, s.fs, one, crypt.NoProgress{})
	if err != nil || state == ProgramGood {
		return err
	}
	if err := drive.IfThere(s.fs.Remove(one.Name)); err != nil {
		return err
	}
	open := func() (io.ReadCloser, error) { return s.fs.Open(ready) }
	return program.Write(ctx, s.fs, one.Name, NewProgram{Program: one, Open: open}, p)
}
