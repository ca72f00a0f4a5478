package registercmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
)

// jsonEvent is an event with the names that it is about.
type jsonEvent struct {
	devices.Event
	DeviceName string `json:"device_name,omitempty"`
	HolderName string `json:"holder_name,omitempty"`
}

func registerHistory(a *cli.App) *cobra.Command {
	var person, from, until string
	var kinds []string
	var limit int
	cmd := &cobra.Command{
		Use:   "history [DEVICE]",
		Short: "Show what happened to a device or a person, or everything",
		Example: cli.Examples(
			"stow register history HRP-0042",
			"stow register history --holder alice@hillroad.example",
			"stow register history --from 2026-09-01 --until 2026-10-01 --json",
			"stow register history --kind 'device lost,device stolen'",
		),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			q := devices.EventQuery{Oldest: true}
			var err error
			if q.From, err = dateOf(from); err != nil {
				return err
			}
			if q.Until, err = dateOf(until); err != nil {
				return err
			}
			if q.Kinds, err = eventKinds(kinds); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				if err := about(cmd.Context(), s, &q, args, person); err != nil {
					return err
				}
				list, err := events(cmd.Context(), s, q, limit)
				if err != nil {
					return err
				}
				return showEvents(a, list)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&person, "holder", "", "what happened to this `PERSON`")
	flags.StringVar(&from, "from", "", "from this `DATE` on")
	flags.StringVar(&until, "until", "", "before this `DATE`")
	flags.StringSliceVar(&kinds, "kind", nil, "only events of this `KIND`, such as 'device lost' or 'files opened'")
	flags.IntVar(&limit, "limit", 0, "at most so many events; otherwise all")
	cli.Completes(cmd, "kind", devices.EventKinds())
	_ = cmd.RegisterFlagCompletionFunc("holder", a.CompletePerson)
	return cmd
}

// eventKinds reads the kinds that somebody typed.
func eventKinds(typed []string) ([]devices.EventKind, error) {
	var kinds []devices.EventKind
	for _, text := range typed {
		kind := devices.EventKind(strings.ToLower(strings.TrimSpace(text)))
		if !slices.Contains(devices.EventKinds(), kind) {
			return nil, cli.Usagef("%q is no kind of event; there are %s", text, cli.OneOf(devices.EventKinds()))
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

// about narrows a query to a device and a person.
func about(ctx context.Context, s *school.School, q *devices.EventQuery, device []string, person string) error {
	if len(device) > 0 {
		d, err := s.Register().FindDevice(ctx, device[0])
		if err != nil {
			return cli.On(device[0], err)
		}
		q.Device = d.ID
	}
	if person != "" {
		h, err := s.Register().FindHolder(ctx, person)
		if err != nil {
			return cli.On(person, err)
		}
		q.Holder = h.ID
	}
	return nil
}

// events reads the events that fit, with names, up to the limit.
func events(ctx context.Context, s *school.School, q devices.EventQuery, limit int) ([]jsonEvent, error) {
	list := []jsonEvent{}
	names := map[string]string{}
	for {
		q.Limit = devices.MaxPage
		if limit > 0 {
			q.Limit = min(q.Limit, limit-len(list))
		}
		page, err := s.Register().Events(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			list = append(list, jsonEvent{e, nameOf(names, e.Device, func() (string, error) {
				d, err := s.Register().Device(ctx, e.Device)
				return d.Name(), err
			}), nameOf(names, e.Holder, func() (string, error) {
				h, err := s.Register().Holder(ctx, e.Holder)
				return h.Name, err
			})})
			q.After = e.Number
		}
		if len(page) < q.Limit || limit > 0 && len(list) >= limit {
			return list, nil
		}
	}
}

// nameOf looks a name up once.
func nameOf(known map[string]string, id string, look func() (string, error)) string {
	if id == "" {
		return ""
	}
	name, ok := known[id]
	if !ok {
		var err error
		if name, err = look(); err != nil {
			name = id
		}
		known[id] = name
	}
	return name
}

func showEvents(a *cli.App, list []jsonEvent) error {
	return a.Show(struct {
		Events []jsonEvent `json:"events"`
	}{list}, func(w io.Writer) {
		rows := [][]string{}
		for _, e := range list {
			rows = append(rows, []string{strconv.FormatInt(e.Number, 10), cli.TimeText(e.Time), fill.By(e.Event), string(e.Kind), e.DeviceName, e.HolderName, shorten(detailsText(e.Event))})
		}
		cli.Table(w, []string{"no", "when", "by", "what", "device", "person", "details"}, rows)
	})
}

// detailsText is what an event says beside its kind.
func detailsText(e devices.Event) string {
	var x devices.Restored
	if e.Kind == devices.RegisterRestored && json.Unmarshal(e.Body, &x) == nil {
		return restoredText(x)
	}
	return bodyText(e.Body)
}

// restoredText says from what a register was restored, and what that replaced.
func restoredText(x devices.Restored) string {
	text := fmt.Sprintf("from %s (SHA-256 %.16s…), in the place of a register ", cmp.Or(x.Backup, "a backup"), x.Digest)
	if x.Unread || len(x.Replaced) == 0 {
		text += "that could not be read"
	} else {
		text += fmt.Sprintf("of %s, root %s", cli.Counted(int(x.Replaced[0].Size), "event", "events"), x.Replaced[0].Root)
	}
	if n := len(x.Checkpoints); n > 0 {
		text += fmt.Sprintf("; its newest checkpoint was of event %d", x.Checkpoints[n-1].Size)
	}
	return text
}

// bodyText writes the details of an event without JSON's marks, sorted by name.
func bodyText(body json.RawMessage) string {
	var details map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // sizes stay whole numbers
	if err := dec.Decode(&details); err != nil {
		return string(body)
	}
	return flat(details)
}

func flat(details map[string]any) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(details)) {
		if inner, ok := details[name].(map[string]any); ok {
			parts = append(parts, flat(inner))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: %v", name, details[name]))
	}
	return strings.Join(parts, ", ")
}

// shorten keeps a line of details readable.
func shorten(s string) string {
	const limit = 100
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
