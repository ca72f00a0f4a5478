package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
)

// maxSuggestions bounds what a shell is offered.
const maxSuggestions = 50

// CompletePerson offers people of the directory, which needs no register.
func (a *App) CompletePerson(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	d, err := a.Directory("")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []string
	for _, p := range d.People {
		offer := p.Email
		if offer == "" {
			offer = p.Name
		}
		if startsLike(offer, typed) || startsLike(p.Name, typed) {
			found = append(found, offer+"\t"+p.Name)
		}
		if len(found) == maxSuggestions {
			break
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// startsLike is strings.HasPrefix without regard to case.
func startsLike(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// CompleteDevice offers labels from the register.
func (a *App) CompleteDevice(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []string
	_ = a.WithSchool(commandContext(cmd), func(s *school.School) error {
		page, err := s.Register().Devices(commandContext(cmd), devices.DeviceQuery{Search: typed, PresentOnly: true, Limit: maxSuggestions})
		for _, d := range page.Devices {
			found = append(found, d.Name()+"\t"+string(d.State))
		}
		return err
	})
	return found, cobra.ShellCompDirectiveNoFileComp
}

// CompleteStick offers the drives plugged in, and folders.
func CompleteStick(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return plugged(cmd), cobra.ShellCompDirectiveFilterDirs
}

// CompleteStickThenFiles offers a stick first, and files of the computer then.
func CompleteStickThenFiles(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return plugged(cmd), cobra.ShellCompDirectiveDefault
}

func plugged(cmd *cobra.Command) []string {
	var found []string
	list, err := drives.List(commandContext(cmd))
	if err != nil {
		return nil
	}
	for _, d := range list {
		found = append(found, d.Path+"\t"+d.Name())
	}
	return found
}

// commandContext is the command's context, which completion may not have set.
func commandContext(cmd *cobra.Command) context.Context {
	if ctx := cmd.Context(); ctx != nil {
		return ctx
	}
	return context.Background()
}

// Completes gives a flag the words that can be typed.
func Completes[T ~string](cmd *cobra.Command, flag string, words []T) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(strings.Split(OneOf(words), ", "), cobra.ShellCompDirectiveNoFileComp))
}

// OneOf lists words that can be typed, for the help.
func OneOf[T ~string](words []T) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(word))
	}
	return b.String()
}
