package registercmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/school"
)

func registerDocuments(a *cli.App) *cobra.Command {
	var person, folder string
	cmd := &cobra.Command{
		Use:   "documents [DEVICE]",
		Short: "List what was signed for a device or by a person, and export it",
		Long: `List what was signed when devices were handed out and came back: who signed, when,
and the digests of what they read and of their signature, which the register pins.
With --out, each document is written to the folder as a text and a PNG picture.`,
		Example: cli.Examples(
			"stow register documents HRP-0042",
			"stow register documents --holder alice@hillroad.example --out signed",
		),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				var q devices.EventQuery
				if err := about(cmd.Context(), s, &q, args, person); err != nil {
					return err
				}
				list, err := s.Register().Documents(cmd.Context(), q.Device, q.Holder)
				if err != nil {
					return err
				}
				for _, d := range list {
					if folder == "" {
						break
					}
					if err := exportDocument(cmd, s, d, folder); err != nil {
						return err
					}
				}
				return showDocuments(a, list)
			})
		},
	}
	cmd.Flags().StringVar(&person, "holder", "", "what this `PERSON` signed")
	cmd.Flags().StringVar(&folder, "out", "", "write the documents into this `FOLDER`")
	_ = cmd.MarkFlagDirname("out")
	_ = cmd.RegisterFlagCompletionFunc("holder", a.CompletePerson)
	return cmd
}

// exportDocument writes the text that was signed, and the signature beside it.
func exportDocument(cmd *cobra.Command, s *school.School, d devices.Document, folder string) error {
	content, err := s.Register().DocumentContent(cmd.Context(), d)
	if err != nil {
		return cli.On(fmt.Sprintf("document %d", d.Number), err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return cli.On(folder, err)
	}
	name := filepath.Join(folder, fmt.Sprintf("document-%d", d.Number))
	text := fmt.Sprintf("%s\n\nSigned by %s on %s.\n", content.Text, d.Name, cli.TimeText(d.Signed))
	if err := cli.WriteNew(name+".txt", []byte(text)); err != nil {
		return err
	}
	if len(content.Signature) == 0 {
		return nil
	}
	return cli.WriteNew(name+".png", content.Signature)
}

func showDocuments(a *cli.App, list []devices.Document) error {
	if list == nil {
		list = []devices.Document{}
	}
	return a.Show(struct {
		Documents []devices.Document `json:"documents"`
	}{list}, func(w io.Writer) {
		rows := [][]string{}
		for _, d := range list {
			signature := "typed name"
			if d.Signature != "" {
				signature = "picture"
			}
			rows = append(rows, []string{fmt.Sprint(d.Number), cli.TimeText(d.Signed), string(d.Kind), d.Name, signature, d.Text})
		}
		cli.Table(w, []string{"no", "signed", "what", "by", "signature", "digest of the text"}, rows)
		fmt.Fprintf(w, "%s.\n", cli.Counted(len(list), "document", "documents"))
	})
}

// signing is a document that was signed on paper or elsewhere.
type signing struct {
	person, kind, name, text, picture, date string
}

func registerSign(a *cli.App) *cobra.Command {
	var f signing
	cmd := &cobra.Command{
		Use:   "sign [DEVICE] --name NAME --text FILE",
		Short: "Record that somebody signed for a device, on paper or on a screen",
		Long: `Record that somebody signed: the text that they read, their name, and a picture of
the signature (PNG) if there is one. The register keeps text and picture, and pins
both by their digests.`,
		Example: cli.Examples(
			"stow register sign HRP-0042 --name 'Alice Jones' --text rules.txt --signature alice.png",
			"stow register sign --holder alice@hillroad.example --kind 'leaving signed' --name 'Alice Jones' --text leaver.txt",
		),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && f.person == "" {
				return cli.Usagef("name the device, or the person with --holder")
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				var q devices.EventQuery
				if err := about(cmd.Context(), s, &q, args, f.person); err != nil {
					return err
				}
				details, err := f.details()
				if err != nil {
					return err
				}
				details.Device, details.Holder = q.Device, q.Holder
				signed, err := s.Register().SignDocument(cmd.Context(), a.Actor(), details)
				if err != nil {
					return err
				}
				return a.Show(signed, func(w io.Writer) {
					fmt.Fprintf(w, "Recorded: signed by %s.\n", cli.Printable(signed.Name))
				})
			})
		},
	}
	f.add(a, cmd)
	return cmd
}

func (f *signing) add(a *cli.App, cmd *cobra.Command) {
	var kinds []string
	for _, k := range devices.DocumentKinds() {
		kinds = append(kinds, string(k))
	}
	flags := cmd.Flags()
	flags.StringVar(&f.person, "holder", "", "the `PERSON` who signed; otherwise who has the device")
	flags.StringVar(&f.kind, "kind", string(devices.RulesAccepted), "`WHAT` was signed: "+strings.Join(kinds, ", "))
	flags.StringVar(&f.name, "name", "", "the `NAME` as it was signed")
	flags.StringVar(&f.text, "text", "", "`FILE` with the text that was signed")
	flags.StringVar(&f.picture, "signature", "", "PNG `FILE` with a picture of the signature")
	flags.StringVar(&f.date, "date", "", "the `DATE` it was signed; otherwise now")
	_ = cmd.MarkFlagRequired("name")
	_ = cmd.MarkFlagRequired("text")
	_ = cmd.RegisterFlagCompletionFunc("holder", a.CompletePerson)
}

func (f *signing) details() (devices.DocumentDetails, error) {
	d := devices.DocumentDetails{Kind: devices.DocumentKind(f.kind), Name: f.name}
	var err error
	if d.Signed, err = dateOf(f.date); err != nil {
		return d, err
	}
	text, err := safefile.Read(f.text, devices.MaxDocumentText)
	if err != nil {
		return d, err
	}
	d.Text = string(text)
	if f.picture != "" {
		d.Signature, err = safefile.Read(f.picture, devices.MaxSignature)
	}
	return d, err
}
