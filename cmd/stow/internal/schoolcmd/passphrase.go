package schoolcmd

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/devices/school"
)

// firstPassphrase is where the passphrase of a new authority comes from: drawn at random, unless somebody insists on
// one.
type firstPassphrase struct {
	given  cli.PassphraseFlag
	to     string // --passphrase-out
	choose bool   // --choose-passphrase
}

func (p *firstPassphrase) add(cmd *cobra.Command) {
	p.given.AddAuthority(cmd, true)
	cmd.Flags().StringVar(&p.to, "passphrase-out", "", "write the passphrase, drawn at random, to `FILE` instead of showing it")
	cmd.Flags().BoolVar(&p.choose, "choose-passphrase", false, "choose the passphrase yourself")
	cmd.MarkFlagsMutuallyExclusive("passphrase-out", "choose-passphrase", "passphrase-file", "authority-passphrase-file")
}

// get returns the passphrase, which the caller clears.
func (p *firstPassphrase) get(ctx context.Context, a *cli.App, plan school.Plan) ([]byte, error) {
	if p.choose || p.given.File != "" {
		return a.NewPassphrase(ctx, p.given, "the school's authority", func(chosen []byte) error {
			_, err := keys.Judge(chosen, plan.Policy, plan.Name)
			return err
		})
	}
	drawn, err := keys.GeneratePassphrase(keys.AuthorityWords)
	if err != nil {
		return nil, err
	}
	if p.to != "" {
		err = cli.WriteNew(p.to, append(drawn[:len(drawn):len(drawn)], '\n'))
	} else {
		err = showDrawn(ctx, a, drawn)
	}
	if err != nil {
		clear(drawn)
		return nil, err
	}
	return drawn, nil
}

// forget removes the file of a passphrase that opens nothing.
func (p *firstPassphrase) forget() {
	if p.to != "" {
		_ = os.Remove(p.to)
	}
}

// showDrawn shows a passphrase on the terminal, and has it typed once, so that it was read right.
func showDrawn(ctx context.Context, a *cli.App, drawn []byte) error {
	t, err := a.OpenTerminal()
	if err != nil {
		return fmt.Errorf("show the passphrase of the school's authority: %w", err)
	}
	defer t.Close()
	fmt.Fprintf(t.Out, "The passphrase of the school's authority, drawn at random. Write it down for the safe:\n\n    %s\n\n", drawn)
	for n := range cli.Attempts {
		typed, err := t.ReadSecret(ctx, "Type it as you wrote it down: ")
		if err != nil {
			return err
		}
		same := bytes.Equal(bytes.Join(bytes.Fields(typed), []byte(" ")), drawn)
		clear(typed)
		if same {
			return nil
		}
		if n < cli.Attempts-1 {
			fmt.Fprintln(t.Out, "That is not the same.")
		}
	}
	return cli.ErrNotTheSame
}
