package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"stowage/devices"
	"stowage/devices/school/openings"
	"stowage/devices/school/remembered"
)

// reasonFlag is why ICT opens what is somebody's.
type reasonFlag struct{ given string }

func (r *reasonFlag) add(cmd *cobra.Command, when string) {
	cmd.Flags().StringVar(&r.given, "reason", "", strings.TrimSpace(when+" `WHY` you open somebody's files: it is recorded, and they are told (otherwise it is asked for)"))
}

// reasonUnless is the reason given, or asked for on the terminal; none where none is needed. Without one it is a usage error.
func (a *app) reasonUnless(ctx context.Context, needless bool, r reasonFlag) (string, error) {
	if needless || strings.TrimSpace(r.given) != "" {
		return r.given, nil
	}
	const missing = "say why you open somebody's files, with --reason: it is recorded, and they are told"
	if r.given != "" { // blanks are no answer
		return "", usagef(missing)
	}
	t, err := a.openTerminal()
	if err != nil {
		return "", usagef(missing)
	}
	defer t.Close()
	line, err := t.readLine(ctx, "Why do you open somebody's files? It is recorded, and they are told: ")
	if err == nil && line == "" {
		return "", usagef(missing)
	}
	return line, err
}

// tellOpenings tells a holder what ICT opened since they were last told on this computer. err says that this
// version cannot read it.
func (a *app) tellOpenings(seen remembered.Heads, all []openings.ToldOpening, err error, stickID string) {
	if err != nil {
		a.warn("ICT opened something of yours with the recovery key, and what it was is told by a newer version of Stowage; use that version, or ask ICT.")
		return
	}
	for _, o := range openings.New(seen, stickID, all) {
		a.warn("%s on %s: %s", openedText(o.What), dayText(o.Time), printable(o.Reason))
	}
	if err := openings.MarkShown(seen, stickID, all); err != nil {
		a.warn("That you were told could not be remembered on this computer (%v).", err)
	}
}

func openedText(what devices.Opened) string {
	switch what {
	case devices.OpenedBackup:
		return "ICT opened the backup of this stick"
	case devices.OpenedListing:
		return "ICT read the names of the files on this stick"
	case devices.OpenedFiles:
		return "ICT opened encrypted files of yours"
	}
	return "ICT opened this stick"
}
