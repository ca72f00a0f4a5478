package reportcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices/school/loss"
)

// question is one that a person is asked about a loss.
type question struct {
	open bool // the flags have not answered it
	text string
	take func(answer string) error
}

// askAboutLoss asks on the terminal for what the flags do not say, when they do
// not say enough: who it is and which device it was.
func askAboutLoss(ctx context.Context, a *cli.App, l *lossReporting) error {
	r := &l.report
	if r.Reporter.Name != "" && r.Device != (loss.LostThing{}) {
		l.fillIn(a)
		return nil
	}
	t, err := a.OpenTerminal()
	if errors.Is(err, cli.ErrNoTerminal) {
		return cli.Usagef("there is no terminal to ask on; give at least --name, and --label or --description")
	}
	if err != nil {
		return err
	}
	defer t.Close()
	fmt.Fprintln(t.Out, "A few questions. An empty answer leaves a question open.")
	for _, q := range lossQuestions(a, l) {
		if !q.open {
			continue
		}
		if err := ask(ctx, t, q); err != nil {
			return err
		}
	}
	l.fillIn(a)
	return nil
}

// fillIn answers what need not be asked.
func (l *lossReporting) fillIn(a *cli.App) {
	if l.report.Kind == "" {
		l.report.Kind = loss.LossUnsure
	}
	if l.report.Noticed.IsZero() {
		l.report.Noticed = a.Now()
	}
}

// ask asks one question, and again when the answer makes no sense.
func ask(ctx context.Context, t *cli.Terminal, q question) error {
	for range cli.Attempts {
		line, err := t.ReadLine(ctx, q.text)
		if err != nil {
			return err
		}
		if err = q.take(line); err == nil {
			return nil
		}
		fmt.Fprintf(t.Out, "%s.\n", cli.Capital(err.Error()))
	}
	return cli.Usagef("the question was not answered")
}

func lossQuestions(a *cli.App, l *lossReporting) []question {
	r := &l.report
	text := func(to *string) func(string) error {
		return func(answer string) error {
			*to = answer
			return nil
		}
	}
	answer := func(to *loss.Answer) func(string) error {
		return func(line string) (err error) {
			*to, err = AnswerOf(line)
			return err
		}
	}
	moment := func(to *time.Time) func(string) error {
		return func(line string) (err error) {
			*to, err = cli.Moment(a.Now(), line)
			return err
		}
	}
	return []question{
		{r.Reporter.Name == "", "Your name: ", func(line string) error {
			if r.Reporter.Name = line; line == "" {
				return errors.New("ICT has to know who you are")
			}
			return nil
		}},
		{r.Reporter.Contact == "", "How can ICT reach you now (telephone or e-mail): ", text(&r.Reporter.Contact)},
		{r.Device == loss.LostThing{}, "Which stick is it (its label, such as HRP-0042, or what it looks like): ", func(line string) error {
			if line == "" {
				return errors.New("say what you know of it, such as its colour")
			}
			r.Device = whichDevice(line)
			return nil
		}},
		{r.Kind == "", "Is it lost or stolen (lost, stolen or unsure): ", func(line string) (err error) {
			r.Kind, err = kindOf(line)
			return err
		}},
		{r.Noticed.IsZero(), "When did you notice (such as 2026-09-24 08:10; empty means now): ", moment(&r.Noticed)},
		{r.HappenedFrom.IsZero(), "When did you last have it for certain: ", moment(&r.HappenedFrom)},
		{r.Place == "", "Where did you last see it: ", text(&r.Place)},
		{r.Circumstances == "", "How did it happen: ", text(&r.Circumstances)},
		{r.Passphrase == "", "Could the passphrase be with it, for example on a note (yes, no or unsure): ", answer(&r.Passphrase)},
		{r.OnlyCopy == "", "Was it the only copy of anything (yes, no or unsure): ", answer(&r.OnlyCopy)},
		{r.Contents == "", "What was on it, in your own words: ", text(&r.Contents)},
		{r.Whose == "", "Whose data was it, and roughly how many people: ", text(&r.Whose)},
	}
}

// whichDevice takes one word with a digit in it for a label, and anything else
// for a description.
func whichDevice(line string) loss.LostThing {
	if !strings.ContainsAny(line, " \t") && strings.ContainsFunc(line, unicode.IsDigit) {
		return loss.LostThing{Label: line}
	}
	return loss.LostThing{Description: line}
}
