package filecmd

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/stickcmd"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/drives"
)

// jsonDrive is a drive that is plugged in.
type jsonDrive struct {
	Path       string `json:"path"`
	Label      string `json:"label"`
	FileSystem string `json:"file_system"`
	Size       int64  `json:"size"`
	Free       int64  `json:"free"`
	Make       string `json:"make"`
	Model      string `json:"model"`
	Serial     string `json:"serial"`
	Bus        string `json:"bus"`
	Device     string `json:"device"`
	ReadOnly   bool   `json:"read_only"`
	Stick      string `json:"stick"` // none, ours, other-school, unknown
	Asset      string `json:"asset_label,omitempty"`
}

// DrivesCommand is stow drives.
func DrivesCommand(a *cli.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drives",
		Short: "List the removable drives that are plugged in",
		Long: `List the removable drives that are plugged in, with their hardware, and which of
them are sticks. System disks are never listed.`,
		Example: cli.Examples("stow drives", "stow drives --json"),
		GroupID: "files",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := drives.List(cmd.Context())
			if err != nil {
				return err
			}
			list := []jsonDrive{}
			for _, d := range found {
				list = append(list, driveJSON(a, d))
			}
			return a.Show(struct {
				Drives []jsonDrive `json:"drives"`
			}{list}, func(w io.Writer) {
				if len(list) == 0 {
					fmt.Fprintln(w, "No removable drive is plugged in.")
					return
				}
				rows := [][]string{}
				for _, d := range list {
					rows = append(rows, []string{d.Path, d.Label, d.FileSystem, cli.SizeText(d.Size), cli.SizeText(d.Free), cli.JoinWords(d.Make, d.Model), d.Serial, stickText(d)})
				}
				cli.Table(w, []string{"path", "label", "type", "size", "free", "make and model", "serial", "stick"}, rows)
			})
		},
	}
	cmd.AddCommand(drivesEject(a))
	return cmd
}

func drivesEject(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "eject DRIVE",
		Short: "Let a drive go, so that it can be pulled out safely",
		Long: `Write out what is pending and let a drive go, so that it can be pulled out safely.
A drive that a program still uses is refused.`,
		Example:           cli.Examples("stow drives eject /media/STICK", "stow drives eject E:"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := stickcmd.TopOfDrive(cmd.Context(), args[0])
			if err == nil {
				err = drives.Eject(cmd.Context(), d)
			}
			if err != nil {
				return cli.On(args[0], err)
			}
			return a.Done("ejected", args, d.Name()+" can be pulled out now.")
		},
	}
}

func driveJSON(a *cli.App, d drives.Drive) jsonDrive {
	j := jsonDrive{
		Path: d.Path, Label: d.Label, FileSystem: d.FileSystem, Size: d.Size, Free: d.Free, Make: d.Make,
		Model: d.Model, Serial: d.Serial, Bus: string(d.Bus), Device: d.Device, ReadOnly: d.ReadOnly,
	}
	j.Stick, j.Asset = whoseStick(a, d.Path)
	return j
}

// whoseStick looks whether a drive is a stick, and whether of the school in
// use.
func whoseStick(a *cli.App, path string) (whose, label string) {
	drive, err := a.OpenDrive(path)
	if err != nil {
		return "unknown", ""
	}
	defer drive.Close()
	summary, err := stick.Inspect(drive, "")
	switch {
	case errors.Is(err, stick.ErrNotStick):
		return "none", ""
	case err != nil:
		return "unknown", ""
	}
	d, err := a.Directory("")
	if err != nil {
		return "unknown", summary.Note.Label
	}
	_, err = stick.Inspect(drive, d.Verifier)
	switch {
	case err == nil:
		return "ours", summary.Note.Label
	case errors.Is(err, keys.ErrOtherSchool):
		return "other-school", summary.Note.Label
	}
	return "unknown", summary.Note.Label
}

// stickText is the last column of the list of drives.
func stickText(d jsonDrive) string {
	switch d.Stick {
	case "none":
		return "no"
	case "ours":
		return d.Asset
	case "other-school":
		return "another school's, " + d.Asset
	}
	return cli.JoinWords("not checked", d.Asset)
}
