package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/runnable"
	"stowage/crypt/stick"
)

// jsonPlanted is something at the top of a stick that does not belong there.
type jsonPlanted struct {
	Name   string `json:"name"`
	Folder bool   `json:"folder,omitempty"`
	Size   int64  `json:"size,omitempty"`
	Kind   string `json:"kind,omitempty"` // what a system would do with it: as package runnable has it
	Runs   bool   `json:"runs"`           // a system would run or load it
}

// jsonTop is what lies at the top of a stick beside what belongs there.
type jsonTop struct {
	Planted []jsonPlanted `json:"planted,omitempty"`
	More    int           `json:"more,omitempty"` // that are not named
}

func topJSON(top stick.Top) jsonTop {
	out := jsonTop{More: top.More}
	for _, p := range top.Planted {
		out.Planted = append(out.Planted, jsonPlanted{Name: p.Name, Folder: p.Folder, Size: p.Size, Kind: string(p.Kind), Runs: p.Runs()})
	}
	return out
}

// lookAtTop names what lies at the top of a stick beside what belongs there.
func lookAtTop(ctx context.Context, a *cli.App, drive stick.FS) (jsonTop, error) {
	top, err := stick.InspectTop(ctx, drive)
	return topJSON(top), err
}

// errPlanted: somebody put at the top of a stick what a computer may run.
var errPlanted = errors.New("what a computer may run was put on the stick, and not by the school")

// planted is what a command ends in that found this.
func planted(top jsonTop) error {
	for _, p := range top.Planted {
		if p.Runs {
			return errPlanted
		}
	}
	return nil
}

// lines say what lies at the top, what a computer may run first.
func (t jsonTop) lines() []string {
	var all []string
	for _, p := range t.Planted {
		all = append(all, plantedText(p))
	}
	if t.More > 0 {
		all = append(all, fmt.Sprintf("%d more beside the stick's own files", t.More))
	}
	return all
}

func topText(w io.Writer, top jsonTop) {
	for _, line := range top.lines() {
		fmt.Fprintln(w, cli.Printable(line))
	}
}

// plantedText says what one of them is.
func plantedText(p jsonPlanted) string {
	if !p.Runs {
		return p.Name + ": beside the stick's own files, where whoever finds it can read it"
	}
	what := map[runnable.Kind]string{
		runnable.Program: "a program", runnable.Library: "a library, which programs load", runnable.Script: "a script",
		runnable.Shortcut: "a shortcut", runnable.Settings: "settings that a computer follows", runnable.Image: "a disk image",
	}[runnable.Kind(p.Kind)]
	if p.Folder {
		what = "a folder with " + what
	}
	return p.Name + ": " + what + ", and NOT put there by the school; start nothing from this stick, and tell ICT"
}
