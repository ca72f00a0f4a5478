package checkin

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/mod/semver"

	"stowage/crypt"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/known"
	"stowage/devices/school/programs"
)

// ProgramsPlan says what a check-in is to do about the programs on a stick. The zero value
// brings those that it carries up to date, unless somebody else has changed one.
type ProgramsPlan struct {
	Choose bool     // have the stick carry Names and no others
	Names  []string // of stick.ProgramNames
	// ReplaceStrange replaces and removes programs that somebody else put there. Without
	// it they are left as they are, for whoever looks into it.
	ReplaceStrange bool
}

// ProgramsSeen is what a check-in found and did about the programs on a stick.
type ProgramsSeen struct {
	Found   []stick.ProgramFound // as they were, compared with the note that came
	Top     stick.Top            // what lies beside them that is not the school's
	Updated []stick.Program      // that are new on the stick now
	Removed []string             // that were taken off it
	// Err says why the stick does not carry what it is to carry; that stops no
	// check-in. [school.ErrLocked] means that only ICT can do that.
	Err error
}

// Strange are the programs that somebody else than the school put there.
func (p ProgramsSeen) Strange() []stick.ProgramFound {
	var strange []stick.ProgramFound
	for _, f := range p.Found {
		if f.Strange() {
			strange = append(strange, f)
		}
	}
	return strange
}

// strangeNote is what the register records of them, and of what lies beside them.
func (p ProgramsSeen) strangeNote() string {
	var notes, names []string
	for _, f := range p.Strange() {
		names = append(names, f.Name)
	}
	if len(names) > 0 {
		notes = append(notes, "a program on it was not the school's: "+noteNames(names))
	}
	names = nil
	for _, f := range p.Top.Running() {
		names = append(names, f.Name+" ("+string(f.Kind)+")")
	}
	if len(names) > 0 {
		notes = append(notes, "beside the school's files lay what a computer may run: "+noteNames(names))
	}
	names = nil
	for _, f := range p.Top.Others() {
		names = append(names, f.Name)
	}
	if len(names) > 0 {
		notes = append(notes, "beside the school's files lay: "+noteNames(names))
	}
	return strings.Join(notes, "; ")
}

// health is what a check came to, where it is to count: a stick on which somebody put what a computer may
// run is not called healthy, however whole its layers are.
func (p ProgramsSeen) health(checked devices.Health) devices.Health {
	replaced := len(p.Updated)+len(p.Removed) > 0
	if checked == devices.Healthy && (len(p.Strange()) > 0 && !replaced || len(p.Top.Running()) > 0) {
		return devices.Unchecked
	}
	return checked
}

// What a note in the register names: sticks may bring any number of names, of any kind.
const maxNoteNames, maxNoteName = 10, 80

// noteNames joins names for a note.
func noteNames(names []string) string {
	more := len(names) - maxNoteNames
	var told []string
	for _, name := range names[:min(len(names), maxNoteNames)] {
		name = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return unicode.ReplacementChar
			}
			return r
		}, strings.ToValidUTF8(name, string(unicode.ReplacementChar)))
		if letters := []rune(name); len(letters) > maxNoteName {
			name = string(letters[:maxNoteName]) + "…"
		}
		told = append(told, name)
	}
	if more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(told, ", ")
}

// compare compares the programs on a stick with its note, and names what lies beside them.
func (p *ProgramsSeen) compare(ctx context.Context, drive stick.FS, n stick.Note, progress crypt.Progress) (err error) {
	if p.Found, err = stick.CheckPrograms(ctx, drive, n, progress); err != nil {
		return err
	}
	p.Top, err = stick.InspectTop(ctx, drive)
	return err
}

// bringPrograms brings the programs on an opened stick up to date, and the register with
// it. The error is the context's or the register's.
func bringPrograms(ctx context.Context, s School, opened *stick.Stick, o Options, seen *Result) error {
	note, programs := opened.Note(), &seen.Programs
	want, err := wantedPrograms(s, note, o.Programs)
	if err == nil && (asWanted(programs.Found, note.Programs, want) || len(programs.Strange()) > 0 && !o.Programs.ReplaceStrange) {
		return nil
	}
	if err == nil {
		err = setPrograms(ctx, s, opened, want, o.Progress)
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		programs.Err = err
		return nil
	}
	programs.changed(want)
	sighting, err := known.Sighting(o.Drive, opened, seen.Device)
	if err != nil {
		return err
	}
	sighting.Health, sighting.Place, sighting.Note = programs.health(o.Health), o.Place, programs.broughtNote()
	seen.Device, err = s.Register().CheckIn(ctx, s.Actor(), seen.Device.ID, sighting)
	return err
}

// broughtNote is what the register records of what became of the programs.
func (p ProgramsSeen) broughtNote() string {
	note := ""
	for _, program := range p.Updated {
		note += "; new: " + program.Name + " " + program.Version
	}
	for _, name := range p.Removed {
		note += "; removed: " + name
	}
	return "programs" + strings.TrimPrefix(note, ";")
}

func setPrograms(ctx context.Context, s School, opened *stick.Stick, want []stick.NewProgram, p crypt.Progress) error {
	if opened.ReadOnly() {
		return stick.ErrReadOnly
	}
	a, err := s.Authority()
	if err != nil {
		return err
	}
	return opened.SetPrograms(ctx, stick.ProgramsOptions{School: a, Programs: want, Progress: p})
}

// wantedPrograms are those that a stick is to carry: the school's, unless the stick's are newer.
func wantedPrograms(s School, note stick.Note, plan ProgramsPlan) ([]stick.NewProgram, error) {
	all, err := programs.List(s)
	if err != nil {
		return nil, err
	}
	names := plan.Names
	if !plan.Choose {
		names = nil
		for _, p := range note.Programs {
			if programs.Rank(p.Name) >= 0 {
				names = append(names, p.Name)
			}
		}
	}
	var want []stick.NewProgram
	for _, name := range names {
		byName := func(p stick.Program) bool { return p.Name == name }
		ours, has := slices.IndexFunc(all, byName), slices.IndexFunc(note.Programs, byName)
		switch {
		case ours >= 0 && (has < 0 || semver.Compare(all[ours].Version, note.Programs[has].Version) >= 0):
			want = append(want, programs.New(s, all[ours]))
		case has >= 0:
			want = append(want, stick.NewProgram{Program: note.Programs[has], Open: func() (io.ReadCloser, error) { return nil, programs.ErrNoProgram }})
		default:
			return nil, programs.ErrNoProgram
		}
	}
	return want, nil
}

// asWanted reports whether a stick carries just what it is to carry.
func asWanted(found []stick.ProgramFound, listed []stick.Program, want []stick.NewProgram) bool {
	for _, f := range found {
		if f.State != stick.ProgramGood {
			return false
		}
	}
	known := slices.DeleteFunc(slices.Clone(listed), func(p stick.Program) bool { return programs.Rank(p.Name) < 0 })
	return len(known) == len(want) && !slices.ContainsFunc(want, func(w stick.NewProgram) bool {
		return !slices.ContainsFunc(known, func(p stick.Program) bool { return p.Name == w.Name && p.SHA256 == w.SHA256 })
	})
}

// changed takes down what is new on the stick, and what is gone from it.
func (p *ProgramsSeen) changed(now []stick.NewProgram) {
	for _, n := range now {
		good := slices.ContainsFunc(p.Found, func(f stick.ProgramFound) bool {
			return f.State == stick.ProgramGood && f.Name == n.Name && f.SHA256 == n.SHA256
		})
		if !good {
			p.Updated = append(p.Updated, n.Program)
		}
	}
	gone := func(name string) bool {
		return !slices.ContainsFunc(now, func(n stick.NewProgram) bool { return n.Name == name })
	}
	for _, f := range p.Found {
		if gone(f.Name) {
			p.Removed = append(p.Removed, f.Name)
		}
	}
}
