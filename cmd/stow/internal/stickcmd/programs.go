package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
)

// systems are what --programs takes, and the programs that are meant.
var systems = []struct{ system, program string }{
	{"windows", stick.WindowsProgram}, {"linux", stick.LinuxProgram}, {"macos", stick.MacProgram},
}

// ProgramsFlag says for which systems a stick is to carry the program.
type ProgramsFlag struct {
	Systems []string
}

func (f *ProgramsFlag) add(cmd *cobra.Command, what string) {
	cmd.Flags().StringSliceVar(&f.Systems, "programs", nil, what)
	_ = cmd.RegisterFlagCompletionFunc("programs", cobra.FixedCompletions([]string{"windows", "linux", "macos", "none"}, cobra.ShellCompDirectiveNoFileComp))
}

// Names are those of the programs.
func (f *ProgramsFlag) Names() ([]string, error) {
	if len(f.Systems) == 1 && f.Systems[0] == "none" {
		return nil, nil
	}
	var names []string
	for _, wanted := range f.Systems {
		i := slices.IndexFunc(systems, func(s struct{ system, program string }) bool { return s.system == wanted })
		if i < 0 {
			return nil, cli.Usagef("--programs takes windows, linux and macos, separated by commas, or none; not %q", wanted)
		}
		if !slices.Contains(names, systems[i].program) {
			names = append(names, systems[i].program)
		}
	}
	return names, nil
}

// JSONProgram is a program on a stick, or for sticks.
type JSONProgram struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Size    int64  `json:"size,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	State   string `json:"state,omitempty"` // on a stick, compared with its note
}

// ProgramJSON is a program as --json shows it.
func ProgramJSON(p stick.Program) JSONProgram {
	return JSONProgram{Name: p.Name, Version: p.Version, Size: p.Size, SHA256: p.SHA256}
}

func programsJSON(found []stick.ProgramFound) []JSONProgram {
	var list []JSONProgram
	for _, f := range found {
		j := ProgramJSON(f.Program)
		j.State = string(f.State)
		list = append(list, j)
	}
	return list
}

// programText says how a program on a stick is.
func programText(p JSONProgram) string {
	switch stick.ProgramState(p.State) {
	case stick.ProgramGood:
		return fmt.Sprintf("%s %s: as the school put it there", p.Name, p.Version)
	case stick.ProgramOlder:
		return fmt.Sprintf("%s: the school's, from before %s; the next check-in replaces it", p.Name, p.Version)
	case stick.ProgramMissing:
		return fmt.Sprintf("%s %s: missing; the next check-in puts it back", p.Name, p.Version)
	case stick.ProgramChanged:
		return p.Name + ": NOT the one that the school put there; do not start it, and tell ICT"
	case stick.ProgramUnknown:
		return p.Name + ": the school put no such program there; do not start it, and tell ICT"
	}
	return p.Name + " " + p.Version
}

// errStrangeProgram: somebody else than the school put a program on a stick.
var errStrangeProgram = errors.New("a program on the stick is not the school's")

// strange is what a command ends in that found these programs on a stick.
func strange(list []JSONProgram) error {
	for _, p := range list {
		if (stick.ProgramFound{State: stick.ProgramState(p.State)}).Strange() {
			return errStrangeProgram
		}
	}
	return nil
}

// checkPrograms compares the programs on a stick with its note, which must have been
// checked against the school's key.
func checkPrograms(ctx context.Context, a *cli.App, drive stick.FS, n stick.Note) ([]JSONProgram, error) {
	p := a.Progress("checking the programs")
	defer p.End()
	found, err := stick.CheckPrograms(ctx, drive, n, p)
	return programsJSON(found), err
}

// programsSeenText says what a check-in did about the programs on a stick.
func programsSeenText(w io.Writer, seen []JSONProgram, updated []JSONProgram, removed []string) {
	for _, p := range updated {
		fmt.Fprintf(w, "It carries %s %s now.\n", p.Name, p.Version)
	}
	if len(removed) > 0 {
		fmt.Fprintf(w, "Taken off it: %s.\n", cli.Printable(strings.Join(removed, ", ")))
	}
	if len(updated)+len(removed) > 0 {
		return
	}
	for _, p := range seen {
		if p.State != string(stick.ProgramGood) {
			fmt.Fprintln(w, cli.Printable(programText(p)))
		}
	}
}
