package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

// ReasonFlag is why ICT opens what is somebody's.
type ReasonFlag struct{ given string }

// Add gives cmd --reason; when says with what it is needed, if not always.
func (r *ReasonFlag) Add(cmd *cobra.Command, when string) {
	cmd.Flags().StringVar(&r.given, "reason", "", strings.TrimSpace(when+" `WHY` you open somebody's files: it is recorded, and they are told (otherwise it is asked for)"))
}

// ReasonUnless is the reason given, or asked for on the terminal; none where none is needed. Without one it is a usage error.
func (a *App) ReasonUnless(ctx context.Context, needless bool, r ReasonFlag) (string, error) {
	if needless || strings.TrimSpace(r.given) != "" {
		return r.given, nil
	}
	const missing = "say why you open somebody's files, with --reason: it is recorded, and they are told"
	if r.given != "" { // blanks are no answer
		return "", Usagef(missing)
	}
	t, err := a.OpenTerminal()
	if err != nil {
		return "", Usagef(missing)
	}
	defer t.Close()
	line, err := t.ReadLine(ctx, "Why do you open somebody's files? It is recorded, and they are told: ")
	if err == nil && line == "" {
		return "", Usagef(missing)
	}
	return line, err
}
