package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
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
