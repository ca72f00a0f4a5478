package schoolcmd

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/devices/school"
)

// A policyFlag is a flag that changes one member of the policy.
type policyFlag struct {
	name, usage string
	of          func(*keys.Policy) any // the member: *int, *bool or *string
}

// numberUsage says what each of [keys.PolicyNumbers] is.
var numberUsage = map[string]string{
	"words":         "words in a generated passphrase",
	"min_length":    "characters that a chosen passphrase must have",
	"loan_days":     "days until a device is due back, 0 for no date",
	"unseen_days":   "days after which a device counts as not seen lately",
	"lock_minutes":  "minutes without use after which an open stick locks",
	"keep_days":     "days for which a stick without room keeps deleted files",
	"keep_versions": "earlier versions of each file that it keeps for as long",
	"keep_free_mb":  "megabytes to keep free by giving up what is older, 0 to wait until a save does not fit",
}

func policyFlags() []policyFlag {
	flags := []policyFlag{
		{"class", "the `CLASS` of new keys: hybrid or x25519", func(p *keys.Policy) any { return (*string)(&p.Class) }},
		{"work-factor", "scrypt work factor of key files", func(p *keys.Policy) any { return (*int)(&p.WorkFactor) }},
		{"keys-on-stick", "carry holders' keys on their sticks", func(p *keys.Policy) any { return &p.KeysOnStick }},
	}
	for _, n := range keys.PolicyNumbers() {
		flags = append(flags, policyFlag{strings.ReplaceAll(n.Name, "_", "-"), numberUsage[n.Name], func(p *keys.Policy) any { return n.Of(p) }})
	}
	return flags
}

// add gives a command the flag, which sets the member of asked.
func (f policyFlag) add(flags *pflag.FlagSet, asked *keys.Policy) {
	switch to := f.of(asked).(type) {
	case *int:
		flags.IntVar(to, f.name, *to, f.usage)
	case *bool:
		flags.BoolVar(to, f.name, *to, f.usage)
	case *string:
		flags.StringVar(to, f.name, *to, f.usage)
	}
}

// set sets the member of a policy as it was asked for.
func (f policyFlag) set(p, asked *keys.Policy) {
	switch to := f.of(p).(type) {
	case *int:
		*to = *f.of(asked).(*int)
	case *bool:
		*to = *f.of(asked).(*bool)
	case *string:
		*to = *f.of(asked).(*string)
	}
}

func schoolPolicy(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	asked := keys.Policy{KeysOnStick: true}
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Show the school's policy, or change it",
		Long: `Show what the school asks of its keys and loans, or change it with flags. The
policy is part of the directory, which is published again; sticks keep the
policy of the day they were issued.

Where a save does not fit on a stick, old versions of files are given up, the oldest
first and no more than must be. --keep-days and --keep-versions say what is kept then,
and the save refused; today's files always are. --keep-free-mb has room made earlier.`,
		Example: cli.Examples("stow school policy", "stow school policy --loan-days 90 --words 7"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			changed := slices.DeleteFunc(policyFlags(), func(f policyFlag) bool { return !cmd.Flags().Changed(f.name) })
			if len(changed) == 0 {
				d, err := a.Directory("")
				if err != nil {
					return err
				}
				return a.Show(d.Policy, func(w io.Writer) { showPolicy(w, d.Policy) })
			}
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				next := s.Policy()
				for _, f := range changed {
					f.set(&next, &asked)
				}
				d, err := s.SetPolicy(cmd.Context(), next)
				if err != nil {
					return cli.On("the policy", err)
				}
				return a.Show(d.Policy, func(w io.Writer) { showPolicy(w, d.Policy) })
			})
		},
	}
	secret.AddAuthority(cmd, true)
	for _, f := range policyFlags() {
		f.add(cmd.Flags(), &asked)
	}
	cli.Completes(cmd, "class", keys.Classes())
	return cmd
}

func showPolicy(w io.Writer, p keys.Policy) {
	loan := "no date"
	if p.LoanDays > 0 {
		loan = cli.Counted(p.LoanDays, "day", "days")
	}
	onStick := "on their sticks"
	if !p.KeysOnStick {
		onStick = "kept off the stick"
	}
	cli.Fields(w,
		"Class of new keys", string(p.Class),
		"Generated passphrases", cli.Counted(p.Words, "word", "words"),
		"Chosen passphrases", fmt.Sprintf("at least %d characters and %.0e guesses", p.MinLength, p.MinGuesses),
		"scrypt work factor", strconv.Itoa(int(p.WorkFactor)),
		"Loans", loan,
		"Not seen lately", "after "+cli.Counted(p.UnseenDays, "day", "days"),
		"Open sticks lock", "after "+cli.Counted(p.LockMinutes, "minute", "minutes"),
		"Holders' keys", onStick,
		"Sticks without room", keepsText(p))
}

// keepsText says what a stick without room keeps.
func keepsText(p keys.Policy) string {
	text := "keep no old versions"
	if p.KeepDays > 0 {
		text = "keep deleted files"
		if p.KeepVersions > 0 {
			text += " and " + cli.Counted(p.KeepVersions, "version", "versions") + " of each file"
		}
		text += " for " + cli.Counted(p.KeepDays, "day", "days")
	}
	if p.KeepFreeMB > 0 {
		text += fmt.Sprintf(", and %s free", cli.SizeText(int64(p.KeepFreeMB)*1e6))
	}
	return text
}
