package schoolcmd

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/devices/school"
)

// DirectoryGroup is stow directory.
func DirectoryGroup(a *cli.App) *cobra.Command {
	return cli.Group("directory", "Publish or check the signed directory of people's keys", "ict",
		directoryPublish(a), directoryVerify(a))
}

// JSONDirectory is a directory in short.
type JSONDirectory struct {
	School    string    `json:"school"`
	Verifier  string    `json:"verifier"`
	Serial    int64     `json:"serial"`
	Published time.Time `json:"published"`
	People    int       `json:"people"`
	Blocked   int       `json:"blocked"`
	Lost      int       `json:"lost"`
	File      string    `json:"file,omitempty"`
	Pinned    bool      `json:"pinned"` // checked against a key known before
}

// DirectoryJSON is a directory as --json shows it.
func DirectoryJSON(d *keys.Directory) JSONDirectory {
	j := JSONDirectory{
		School: d.School, Verifier: d.Verifier, Serial: d.Serial, Published: d.Published,
		People: len(d.People), Lost: len(d.Lost),
	}
	for _, p := range d.People {
		for _, k := range p.Keys {
			if k.Status == keys.KeyRevoked {
				j.Blocked++
			}
		}
	}
	return j
}

func showDirectory(a *cli.App, j JSONDirectory, text string) error {
	return a.Show(j, func(w io.Writer) {
		fmt.Fprintln(w, text)
		cli.Fields(w, "School", j.School, "Number", strconv.FormatInt(j.Serial, 10), "Published", cli.TimeText(j.Published),
			"People", strconv.Itoa(j.People), "Blocked keys", strconv.Itoa(j.Blocked), "Lost devices", strconv.Itoa(j.Lost),
			"Verifier key", j.Verifier, "File", j.File)
	})
}

func directoryPublish(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	var to string
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Sign and publish the directory from the register",
		Long: `Sign a new directory from the register and publish it in the school's folder.
Commands that change who may be encrypted to do this by themselves; --to writes a
copy for a website or a folder that everyone can read. It holds names, public
keys, blocked keys and lost devices, and no secrets.`,
		Example: cli.Examples("stow directory publish", "stow directory publish --to /srv/www/directory.note"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				d, err := s.PublishDirectory(cmd.Context())
				if err != nil {
					return err
				}
				j := DirectoryJSON(d)
				j.Pinned = true
				if to != "" {
					if err := s.CopyDirectory(to); err != nil {
						return cli.On(to, err)
					}
					j.File = to
				}
				return showDirectory(a, j, "Published the directory.")
			})
		},
	}
	secret.AddAuthority(cmd, true)
	cmd.Flags().StringVar(&to, "to", "", "write a copy to `FILE`")
	return cmd
}

func directoryVerify(a *cli.App) *cobra.Command {
	var verifier string
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Check the signature of a directory",
		Long: `Check that a directory, or that of the school in use, was signed by the school
and not changed since. It is held against --verifier, or against the key that
the config file remembers; without either, this shows only that the text is whole,
and the key it names is to be compared with ICT's.`,
		Example: cli.Examples("stow directory verify", "stow directory verify directory.note --verifier hill-road+1a2b3c4d+AbCd…"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			d, pinned, err := verified(a, path, verifier)
			if err != nil {
				return err
			}
			j := DirectoryJSON(d)
			j.File, j.Pinned = path, pinned
			text := "The directory is whole and signed by the school."
			if !pinned {
				text = "The directory is whole; compare the verifier key with ICT's to know that it is the school's."
			}
			return showDirectory(a, j, text)
		},
	}
	cmd.Flags().StringVar(&verifier, "verifier", "", "the school's verifier `KEY`, as ICT gave it")
	return cmd
}

// verified reads a directory and says whether it was held against a key known
// before.
func verified(a *cli.App, path, verifier string) (d *keys.Directory, pinned bool, err error) {
	if verifier != "" && path != "" {
		d, err = school.ReadDirectory(path, verifier)
		return d, true, cli.On("the directory "+path, err)
	}
	_, known, err := a.TheSchool()
	if err != nil && path == "" {
		return nil, false, err
	}
	d, err = a.Directory(path)
	if err == nil && verifier != "" && d.Verifier != verifier {
		err = cli.On("the directory", keys.ErrOtherSchool)
	}
	return d, known != "" || verifier != "", err
}
