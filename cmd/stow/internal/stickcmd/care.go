package stickcmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
	"stowage/gui/explain"
)

// jsonProblem is something wrong on a stick.
type jsonProblem struct {
	Kind    string   `json:"kind"`
	Layer   int64    `json:"layer,omitempty"`
	File    string   `json:"file,omitempty"` // on the drive
	Message string   `json:"message"`
	Files   []string `json:"files,omitempty"`   // of the stick, that cannot be read because of it
	Unknown bool     `json:"unknown,omitempty"` // what else is lost with it, if anything, is not known
}

func problemList(problems []stick.Problem) []jsonProblem {
	list := []jsonProblem{}
	for _, p := range problems {
		list = append(list, jsonProblem{string(p.Kind), p.Seq, p.Name, cli.WarningText(p.Warning), p.Files, p.Unknown})
	}
	return list
}

// damageFound says that a check found something that is not as it was written.
type damageFound struct {
	files    int  // that cannot be read
	problems int  // beside those: 0 when only programs are missing
	unknown  bool // what else cannot be read is not known
}

func (e *damageFound) Error() string {
	return "damage found; " + cli.Counted(e.files, "file", "files") + " cannot be read"
}

func (e *damageFound) Words(subject string) (explain.Code, string) {
	text := "not everything on " + cmp.Or(subject, "the stick") + " is as it was written, as named above"
	switch {
	case e.unknown:
		text += fmt.Sprintf("; %s that is known of cannot be read, and what else is lost is not known: stow stick repair saves what it can and removes nothing that may hold more", cli.Counted(e.files, "file", "files"))
	case e.files > 0:
		text += fmt.Sprintf("; %s cannot be read and the others can, so get them off it and see: stow stick repair", cli.Counted(e.files, "file", "files"))
	case e.problems == 0:
		text += "; no file is lost, and the next check-in at school puts back what is missing."
	default:
		text += "; no file is lost: stow stick repair puts it in order as far as it can, and ICT the rest."
	}
	return explain.Damaged, text
}

// problemsError is what a check with these problems ends in. A torn layer that
// was never reported as stored is cleaned up by itself and harms nothing.
func problemsError(problems []jsonProblem) error {
	found := &damageFound{problems: len(problems)}
	for _, p := range problems {
		found.files += len(p.Files)
		found.unknown = found.unknown || p.Unknown
	}
	if len(problems) == 0 {
		return nil
	}
	return found
}

func stickCheck(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	cmd := &cobra.Command{
		Use:   "check STICK",
		Short: "Read every byte of a stick to see that nothing is damaged, forged or missing",
		Long: `Read every byte of a stick to see that nothing is damaged, forged or missing, and
name the files concerned. The programs on it are compared with what the school signed for, and
whatever else lies at the top of the stick is named. It
changes nothing, and ends with exit code 8 when something is wrong, and with 21 when a
program is not the school's or something else lies there that a computer may run.`,
		Example:           cli.Examples("stow stick check /media/STICK", "stow stick check /media/STICK --recovery --json"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withReady(cmd.Context(), a, args[0], unlock, forReading, func(s *openedStick) error {
				ctx, drive := cmd.Context(), s.drive
				p := a.Progress("checking")
				result, err := s.Check(ctx, p)
				p.End()
				if err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				programs, err := checkPrograms(ctx, a, drive, s.Note())
				if err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				top, err := lookAtTop(ctx, a, drive)
				if err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				return cli.On("the stick at "+args[0], showCheck(a, result, programs, top))
			})
		},
	}
	unlock.add(cmd)
	return cmd
}

func showCheck(a *cli.App, r stick.CheckResult, programs []JSONProgram, top jsonTop) error {
	missing := slices.ContainsFunc(programs, func(p JSONProgram) bool { return p.State == string(stick.ProgramMissing) })
	healthy := r.Healthy() && !missing && cli.FirstError(strange(programs), planted(top)) == nil
	out := struct {
		Healthy  bool          `json:"healthy"`
		Layers   int           `json:"layers"`
		Files    int           `json:"files"`
		Bytes    int64         `json:"bytes"`
		Problems []jsonProblem `json:"problems"`
		Programs []JSONProgram `json:"programs,omitempty"`
		jsonTop
	}{healthy, r.Layers, r.Files, r.Bytes, problemList(r.Problems), programs, top}
	err := a.Show(out, func(w io.Writer) {
		for _, p := range programs {
			fmt.Fprintln(w, cli.Printable(programText(p)))
		}
		topText(w, top)
		if healthy {
			fmt.Fprintf(w, "Healthy: %s in %s (%s), every byte as it was written.\n", cli.Counted(r.Files, "file", "files"), cli.Counted(r.Layers, "layer", "layers"), cli.SizeText(r.Bytes))
			return
		}
		for _, p := range out.Problems {
			fmt.Fprintln(w, cli.Printable(p.Message))
			for _, f := range p.Files {
				fmt.Fprintf(w, "  cannot be read: %s\n", cli.Printable(f))
			}
			if p.Unknown {
				fmt.Fprintln(w, "  what else it held, if anything, is not known")
			}
		}
	})
	if err = cli.FirstError(err, problemsError(out.Problems), strange(programs), planted(top)); err == nil && missing {
		return &damageFound{}
	}
	return err
}

// JSONInfo is what is known of a stick.
type JSONInfo struct {
	ID          string        `json:"id"`
	Label       string        `json:"label"`
	School      string        `json:"school"`
	Return      string        `json:"return"`
	Contact     string        `json:"contact,omitempty"` // how ICT is reached
	Class       string        `json:"class"`
	Generation  int           `json:"generation"`
	KeyOnStick  bool          `json:"key_on_stick"`
	CodeOnStick bool          `json:"recovery_code_on_stick"`
	Layers      int           `json:"layers"`
	Bytes       int64         `json:"bytes"`
	InUse       string        `json:"in_use,omitempty"`
	Verified    bool          `json:"verified"` // the school's signature was checked
	Programs    []JSONProgram `json:"programs,omitempty"`
	jsonTop
	Opened *jsonContent `json:"opened,omitempty"`
}

// jsonContent is what only an opened stick tells.
type jsonContent struct {
	Holder     string   `json:"holder,omitempty"`
	MustChange bool     `json:"must_change_passphrase"`
	Head       string   `json:"head"`
	Files      int      `json:"files"`
	Live       int64    `json:"live_bytes"`
	Dead       int64    `json:"dead_bytes"`
	Other      int64    `json:"other_bytes"`
	Free       int64    `json:"free_bytes"`
	Total      int64    `json:"total_bytes"`
	Warnings   []string `json:"warnings"`
}

func stickInfo(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var sealed bool
	cmd := &cobra.Command{
		Use:   "info STICK",
		Short: "Show what a stick is, and how its space is used",
		Long: `Show what a stick is, and how its space is used. With --sealed only what can be
known without a key, and no passphrase is asked for.`,
		Example:           cli.Examples("stow stick info /media/STICK", "stow stick info /media/STICK --sealed --json"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			var info JSONInfo
			err := a.WithDrive(args[0], func(drive cli.DriveFS) (err error) {
				info, err = SealedInfo(cmd.Context(), a, drive)
				return cli.On(args[0], err)
			})
			if err != nil && info.ID == "" {
				return err // it is no stick, so there is nothing to show
			}
			if err != nil || sealed {
				return cli.FirstError(cli.FirstError(err, showInfo(a, info)), cli.On("the stick at "+args[0], info.strange()))
			}
			return withOpened(cmd.Context(), a, args[0], unlock, forReading, func(s *openedStick) error {
				if info.Opened, err = contentInfo(s); err != nil {
					return err
				}
				info.Verified = true // opening a stick checks its note
				return cli.FirstError(showInfo(a, info), cli.On("the stick at "+args[0], info.strange()))
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().BoolVar(&sealed, "sealed", false, "show only what anyone can see, without a key")
	return cmd
}

// SealedInfo is what anyone can see of a stick. Where a directory is at hand,
// the note is checked against its school.
func SealedInfo(ctx context.Context, a *cli.App, drive stick.FS) (JSONInfo, error) {
	summary, err := stick.Inspect(drive, "")
	if err != nil {
		return JSONInfo{}, err
	}
	n := summary.Note
	info := JSONInfo{
		ID: n.ID, Label: n.Label, School: n.School, Return: n.Return, Contact: n.Contact, Class: string(n.Class), Generation: n.Generation,
		KeyOnStick: summary.Holder, CodeOnStick: summary.Code, Layers: summary.Layers, Bytes: summary.Bytes,
	}
	if summary.InUse != nil {
		info.InUse = summary.InUse.Error()
	}
	if d, err := a.Directory(""); err == nil {
		_, err = stick.Inspect(drive, d.Verifier)
		info.Verified = err == nil
	}
	if info.Programs, err = checkPrograms(ctx, a, drive, n); err != nil {
		return info, err
	}
	info.jsonTop, err = lookAtTop(ctx, a, drive)
	return info, err
}

// strange is what a command ends in that found this on a stick.
func (i JSONInfo) strange() error { return cli.FirstError(strange(i.Programs), planted(i.jsonTop)) }

func contentInfo(s *openedStick) (*jsonContent, error) {
	usage, err := s.Usage()
	if err != nil {
		return nil, err
	}
	c := &jsonContent{
		MustChange: s.MustChangePassphrase(), Head: s.Head().String(), Files: usage.Files,
		Live: usage.Live, Dead: usage.Dead, Other: usage.Other, Free: usage.Free, Total: usage.Total, Warnings: []string{},
	}
	if holder, ok := s.Holder(); ok {
		c.Holder = holder.Name
	}
	for _, w := range s.Warnings() {
		c.Warnings = append(c.Warnings, cli.WarningText(w))
	}
	return c, nil
}

func showInfo(a *cli.App, i JSONInfo) error {
	return a.Show(i, func(w io.Writer) {
		school := i.School + " (signature not checked)"
		if i.Verified {
			school = i.School
		}
		rows := []string{
			"Stick", i.Label, "School", school, "Return to", i.Return, "ICT", cli.OneLine(i.Contact), "Id", i.ID,
			"Protection", ClassText(i.Class), "Opened with", OpenedWith(i),
			"Data", fmt.Sprintf("%s in %s", cli.SizeText(i.Bytes), cli.Counted(i.Layers, "layer", "layers")), "In use", i.InUse,
		}
		for _, p := range i.Programs {
			rows = append(rows, "Program", programText(p))
		}
		for _, line := range i.jsonTop.lines() {
			rows = append(rows, "Beside them", line)
		}
		cli.Fields(w, rows...)
		if c := i.Opened; c != nil {
			cli.Fields(w, "Holder", c.Holder, "Files", fmt.Sprintf("%d, %s", c.Files, cli.SizeText(c.Live)),
				"Old versions", cli.SizeText(c.Dead), "Free", fmt.Sprintf("%s of %s", cli.SizeText(c.Free), cli.SizeText(c.Total)))
			if c.MustChange {
				fmt.Fprintln(w, "The passphrase is temporary: change it with: stow stick passphrase")
			}
		}
	})
}

// ClassText says how a class of keys protects.
func ClassText(class string) string {
	switch class {
	case "hybrid":
		return "age, ML-KEM-768 with X25519 (post-quantum)"
	case "x25519":
		return "age, X25519"
	}
	return class
}

// OpenedWith says what opens a stick, as far as can be seen from outside.
func OpenedWith(i JSONInfo) string {
	ways := []string{"its holder's key file"}
	if i.KeyOnStick {
		ways = []string{"its holder's key, which it carries, with a passphrase"}
	}
	if i.CodeOnStick {
		ways = append(ways, "ICT's one-off recovery code")
	}
	return cli.JoinAnd(append(ways, "the school's recovery key"))
}
