// Package reportcmd has the commands for loss reports: what a holder says, and what ICT does
// with it.
package reportcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices/school/config"
	"stowage/devices/school/loss"
)

// Group is stow report.
func Group(a *cli.App) *cobra.Command {
	return cli.Group("report", "Report a lost or stolen stick, and read the reports", "files",
		reportLost(a), reportInbox(a), reportRead(a), reportReceive(a), reportHandled(a), reportFound(a))
}

// lossReporting is one run of report lost.
type lossReporting struct {
	report    loss.LossReport
	from, to  string // when it happened
	noticed   string
	kind      string
	with      string // whether the passphrase could be with it
	only      string // whether it was the only copy
	directory string
	out       string
	plain     string
	key       cli.KeySource // the key that tells who reports
}

// errNoICT: nothing on this computer tells to whom a report is to be encrypted.
var errNoICT = errors.New("no directory tells who ICT is")

// jsonReported is what became of a report.
type jsonReported struct {
	ID        string `json:"id"`
	File      string `json:"file"`
	Delivered bool   `json:"delivered"` // it lies in the school's inbox
	Plain     bool   `json:"plain,omitempty"`
	Contact   string `json:"contact,omitempty"` // how ICT is reached, lines
}

func reportLost(a *cli.App) *cobra.Command {
	l := &lossReporting{}
	cmd := &cobra.Command{
		Use:   "lost",
		Short: "Tell ICT that a stick or another device is lost or stolen",
		Long: `Tell ICT that a stick or another device is lost or stolen. Ring ICT as well: the
school has little time to find out what it means for the people whose data it was.

The report is encrypted so that only ICT can read it. It goes into the school's inbox
folder when that can be reached; otherwise it becomes a file to hand over or e-mail.
Neither the register nor a network is needed, only the school's directory: a stick takes
it along, and a computer on which one was opened keeps it. With --on another stick of the
school tells it. Where nothing does, --plain writes the report as text that everybody can
read. What the flags do not say is asked for on the terminal, and an empty answer leaves
a question open.

With --key or --on the report says whose key you unlocked. That is a help to ICT, and
no signature.`,
		Example: cli.Examples(
			"stow report lost",
			"stow report lost --name 'Alice Jones' --contact 07700900123 --label HRP-0042 --stolen --place 'the 42 bus'",
			"stow report lost --directory directory.note --out report.stowage-report.age",
		),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return lose(a, cmd, l) },
	}
	l.addFlags(cmd)
	return cmd
}

func (l *lossReporting) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	r := &l.report
	for _, f := range []struct {
		to          *string
		name, usage string
	}{
		{&r.Reporter.Name, "name", "your `NAME`"},
		{&r.Reporter.Contact, "contact", "`HOW` ICT can reach you now"},
		{&r.Device.Label, "label", "the `LABEL` on the device, such as HRP-0042"},
		{&r.Device.Description, "description", "`WHAT` the device looks like"},
		{&l.kind, "kind", "what happened: lost, stolen or unsure (`KIND`)"},
		{&l.from, "from", "the earliest `TIME` at which it can have happened"},
		{&l.to, "until", "the latest `TIME` at which it can have happened"},
		{&l.noticed, "noticed", "the `TIME` when it was noticed; otherwise now"},
		{&r.Place, "place", "`WHERE` it was last seen"},
		{&r.Circumstances, "circumstances", "`HOW` it happened"},
		{&r.Police, "police", "the police `REFERENCE`"},
		{&r.Told, "told", "`WHO` was told already"},
		{&l.with, "passphrase-with-it", "could the passphrase be with it: yes, no or unsure (`ANSWER`)"},
		{&l.only, "only-copy", "was what is on it the only copy: yes, no or unsure (`ANSWER`)"},
		{&r.Contents, "contents", "`WHAT` was on it"},
		{&r.Whose, "whose", "`WHOSE` data it is"},
		{&r.HowMany, "how-many", "roughly how many people's data it is (`NUMBER`)"},
		{&r.Help, "need", "`WHAT` else you need from ICT"},
		{&l.directory, "directory", "the directory `FILE`; otherwise the school's"},
		{&l.out, "out", "write the report to `FILE` and deliver nothing"},
		{&l.plain, "plain", "write the report as text to `FILE`, NOT encrypted, where no directory is at hand"},
		{&l.key.Key, "key", "your key `FILE`, which tells who you are"},
		{&l.key.Stick, "on", "another `STICK` of yours, whose key tells who you are"},
	} {
		flags.StringVar(f.to, f.name, "", f.usage)
	}
	flags.Bool("stolen", false, "the same as --kind stolen")
	cmd.MarkFlagsMutuallyExclusive("stolen", "kind")
	cmd.MarkFlagsMutuallyExclusive("key", "on")
	cmd.MarkFlagsMutuallyExclusive("plain", "out")
	l.key.Secret.AddHolder(cmd)
}

// lose makes the report and delivers it.
func lose(a *cli.App, cmd *cobra.Command, l *lossReporting) error {
	ctx := cmd.Context()
	if stolen, _ := cmd.Flags().GetBool("stolen"); stolen {
		l.kind = string(loss.LossStolen)
	}
	if err := l.answers(a); err != nil {
		return err
	}
	verifier, err := signIn(ctx, a, l)
	if err != nil {
		return err
	}
	to, err := addressee(a, l, verifier)
	if errors.Is(err, config.ErrNoSchool) {
		err = fmt.Errorf("%w: %w", errNoICT, err)
	}
	if err != nil && l.plain == "" {
		return err
	}
	if err := askAboutLoss(ctx, a, l); err != nil {
		return err
	}
	r := loss.NewLossReport(l.report, a.Now())
	if l.plain != "" {
		return postPlain(a, l.plain, r, to)
	}
	sealed, err := to.Seal(r)
	if err != nil {
		return err
	}
	return post(a, l, r, sealed, to)
}

// postPlain writes the report as text, for where nobody tells to whom to encrypt it.
func postPlain(a *cli.App, path string, r loss.LossReport, to loss.Addressee) error {
	if err := r.Check(); err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintln(&text, "LOSS REPORT, for the school's ICT alone. It is not encrypted.")
	cli.Fields(&text, lossRows(r)...)
	if err := saveReport(path, []byte(text.String())); err != nil {
		return cli.On(path, err)
	}
	done := jsonReported{ID: r.ID, File: path, Plain: true, Contact: to.Contact}
	return a.Show(done, func(w io.Writer) {
		fmt.Fprintf(w, "The report is in the file %s, NOT encrypted; hand it to ICT yourself, and e-mail it to nobody else.\n", cli.Printable(path))
		ringICT(w, to.Contact)
	})
}

// ringICT asks the person to ring as well.
func ringICT(w io.Writer, contact string) {
	fmt.Fprintln(w, "Ring ICT as well, now: they find out what this means and who has to be told, and the school has little time for it.")
	if contact == "" {
		fmt.Fprintln(w, "How to reach them is on the slip that came with the device; the school's office knows too.")
		return
	}
	fmt.Fprintln(w, "ICT: "+cli.Printable(cli.OneLine(contact)))
}

// lossRows are a report's answers under their names.
func lossRows(r loss.LossReport) []string {
	return []string{
		"Report", r.ID, "Made", cli.TimeText(r.Made), "By", r.Reporter.Name, "Reach them", r.Reporter.Contact,
		"Label", r.Device.Label, "Looks like", cli.OneLine(r.Device.Description), "What happened", string(r.Kind),
		"Not before", cli.TimeText(r.HappenedFrom), "Not after", cli.TimeText(r.HappenedTo), "Noticed", cli.TimeText(r.Noticed),
		"Last seen", cli.OneLine(r.Place), "How", cli.OneLine(r.Circumstances), "Police", r.Police, "Told", cli.OneLine(r.Told),
		"Passphrase with it", string(r.Passphrase), "Only copy", string(r.OnlyCopy), "On it", cli.OneLine(r.Contents),
		"Whose data", cli.OneLine(r.Whose), "How many people", r.HowMany, "Needs", cli.OneLine(r.Help),
	}
}

// answers takes over what the flags say.
func (l *lossReporting) answers(a *cli.App) (err error) {
	r := &l.report
	if l.kind != "" {
		if r.Kind, err = kindOf(l.kind); err != nil {
			return err
		}
	}
	for _, q := range []struct {
		text string
		to   *loss.Answer
	}{{l.with, &r.Passphrase}, {l.only, &r.OnlyCopy}} {
		if *q.to, err = AnswerOf(q.text); err != nil {
			return err
		}
	}
	for _, q := range []struct {
		text string
		to   *time.Time
	}{{l.from, &r.HappenedFrom}, {l.to, &r.HappenedTo}, {l.noticed, &r.Noticed}} {
		if *q.to, err = cli.Moment(a.Now(), q.text); err != nil {
			return err
		}
	}
	return nil
}

func kindOf(text string) (loss.LossKind, error) {
	switch strings.ToLower(text) {
	case "lost":
		return loss.LossLost, nil
	case "stolen":
		return loss.LossStolen, nil
	case "", "unsure", "not sure", "?":
		return loss.LossUnsure, nil
	}
	return "", cli.Usagef("%q is none of lost, stolen and unsure", text)
}

// AnswerOf reads yes, no or unsure; anything else is a usage error.
func AnswerOf(text string) (loss.Answer, error) {
	switch strings.ToLower(text) {
	case "":
		return "", nil
	case "y", "yes":
		return loss.Yes, nil
	case "n", "no":
		return loss.No, nil
	case "unsure", "not sure", "?":
		return loss.NotSure, nil
	}
	return "", cli.Usagef("%q is none of yes, no and unsure", text)
}

// signIn unlocks the reporter's key, if they named one, for who it says they
// are and which school is to be believed.
func signIn(ctx context.Context, a *cli.App, l *lossReporting) (verifier string, err error) {
	if l.key.Key == "" && l.key.Stick == "" {
		return "", nil
	}
	copies, name, err := a.ReadKeys(l.key)
	if err != nil {
		return "", err
	}
	k, err := a.UnlockKey(ctx, copies, name, l.key.Secret)
	if err != nil {
		return "", err
	}
	defer k.Wipe()
	who := &l.report.Reporter
	who.Holder, who.Proof = k.Holder.ID, loss.ProofKey
	if who.Name == "" {
		who.Name = k.Holder.Name
	}
	return k.Verifier, nil
}

// addressee is the ICT that the report is for: that of the directory, or where
// there is none, that of another stick of the school.
func addressee(a *cli.App, l *lossReporting, verifier string) (loss.Addressee, error) {
	d, err := a.Directory(l.directory)
	if err == nil && verifier != "" && d.Verifier != verifier {
		return loss.Addressee{}, cli.On("the directory", keys.ErrOtherSchool)
	}
	if err == nil {
		return loss.ICTOf(d), nil
	}
	if l.directory == "" && errors.Is(err, config.ErrNoSchool) { // at home: what a stick brought along
		if kept := keptDirectory(a, verifier); kept != nil {
			return loss.ICTOf(kept), nil
		}
	}
	if l.key.Stick == "" || l.directory != "" {
		return loss.Addressee{}, err
	}
	var to loss.Addressee
	err = a.WithDrive(l.key.Stick, func(drive cli.DriveFS) error {
		seen, err := stick.Inspect(drive, verifier)
		if err != nil {
			return cli.On("the stick at "+l.key.Stick, err)
		}
		to = loss.ICTOfStick(seen.Note)
		return nil
	})
	return to, err
}

// keptDirectory is the directory of the school with a verifier key that this computer
// keeps, or with "" of the only school that it knows; nil where there is none.
func keptDirectory(a *cli.App, verifier string) *keys.Directory {
	seen, err := a.Serials()
	if err != nil {
		return nil
	}
	if d, ok := seen.Kept(verifier); ok || verifier != "" {
		return d
	}
	return cli.OnlyOne(seen.All())
}

// post delivers the report, or writes it to a file.
func post(a *cli.App, l *lossReporting, r loss.LossReport, sealed []byte, to loss.Addressee) error {
	done := jsonReported{ID: r.ID, Contact: to.Contact}
	if l.out == "" {
		shared, err := cli.Shared(a)
		if err == nil {
			done.File, err = loss.Deliver(shared.Inbox(), loss.ReportName(r), sealed)
		}
		if done.Delivered = err == nil; !done.Delivered {
			if !errors.Is(err, loss.ErrNoInbox) && !errors.Is(err, config.ErrNoSchool) {
				_, why := a.Explain(err)
				a.Warn("The report could not be delivered: %s", why)
			}
			l.out = loss.ReportName(r)
		}
	}
	if !done.Delivered {
		if err := saveReport(l.out, sealed); err != nil {
			return cli.On(l.out, err)
		}
		done.File = l.out
	}
	return a.Show(done, func(w io.Writer) {
		if done.Delivered {
			fmt.Fprintln(w, "The report is in ICT's inbox.")
		} else {
			fmt.Fprintf(w, "The report is in the file %s; hand it to ICT or e-mail it. Only they can read it.\n", cli.Printable(done.File))
		}
		ringICT(w, to.Contact)
	})
}

func saveReport(path string, sealed []byte) error {
	if dir := filepath.Dir(path); dir != "." {
		if _, err := os.Stat(dir); err != nil {
			return err
		}
	}
	return safefile.Write(path, sealed, false)
}
